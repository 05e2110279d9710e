"""Fine-tunes a language model that sees pictures by LoRA (Hu et al., 2021), so that it describes a frame in a team's own words.

python3 models/training/tune_vlm.py --base DIR --base-name NAME --license SPDX --data DIR [--layout version|pairs] --output DIR [--merged DIR]

The base model is a folder as Hugging Face's `save_pretrained` leaves it (configuration, safetensors, tokenizer, processor with a chat
template), brought by the channel `model`; nothing is ever fetched, no code of the model's is run, and weights that are pickles are
refused. `--license` is the base model's licence as an SPDX identifier: whoever starts the job has read it (see README.md).

--layout version   a version of one of our datasets: a sentence is made of what is said of each frame (`sentence`)
--layout pairs     pairs.jsonl with a line {"case", "split": "train"|"validation"|"test", "file", "sha256", "prompt", "text"} for each pair, such as
                   sentences of a signed report and the frame in the middle of what they cite. No case may be in two splits.

Leaves the adapter alone (adapter_config.json, adapter_model.safetensors), tuning.json and card.md; the base model stays where it is. Before that
the adapter is read back, and the logits of a drawn picture must be those of the trained model, by adapter and merged into the base.
`--merged` leaves the whole model in another folder as well, as large as the base: the adapter merged in, tokenizer, processor, and both documents.
That folder is what the platform's endpoint serves (docs/reports.md).

In a SageMaker training job the channels `model` and `training` (SM_CHANNEL_MODEL, SM_CHANNEL_TRAINING), SM_HPS, SM_MODEL_DIR and
SM_CHECKPOINT_DIR stand for arguments, and a job whose Spot instance was taken goes on (course.py). Nothing here has been run on a model of
useful size: the tests use a tiny one with random weights.

Exit code: 0 tuned; 1 refused or failed; 2 wrong usage.
"""

import argparse
import hashlib
import json
import os
import random
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

import command
import tracking
from course import Course
from layouts import version
from layouts.layout import SPLITS, LayoutError, Mistakes

# Before transformers is imported: it looks nowhere but in folders.
os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1")

NAMES = ("layout", "merged", "base-name", "license", "rank", "rate", "batch", "minutes", "targets", "threads")
# Query and value of the language model's attention, as in the paper; the part that sees stays as it is.
TARGETS = r".*(language_model|text_model)\..*\.(q_proj|v_proj)"
PROMPT = "Describe this frame of a laparoscopic operation."
# Of logits; float32 adds W + BA in another order than Wx + B(Ax). bfloat16 keeps eight bits.
TOLERANCE = {torch.float32: 1e-3, torch.bfloat16: 0.25}
# Labels that count for nothing, as cross entropy has it.
IGNORED = -100


class TuningError(Exception):
    """What was given can't be used. `mistakes` are sentences, all of them."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        self.mistakes = list(mistakes)
        super().__init__("\n- ".join(["The model can't be tuned:", *mistakes]))


@dataclass(frozen=True)
class Pair:
    """A picture, what is asked of it, and what should be answered."""

    file: Path
    sha256: str
    prompt: str
    text: str

    def picture(self) -> Any:  # noqa: ANN401
        """RGB. Raises ValueError for a file that is not the one that was listed."""
        if hashlib.sha256(self.file.read_bytes()).hexdigest() != self.sha256:
            raise ValueError(f"{self.file.name} differs from its digest.")
        from PIL import Image

        with Image.open(self.file) as opened:
            return opened.convert("RGB")


def sentence(frame: dict) -> str:
    """What a dataset version says of a frame, in words. Empty lists are told: somebody looked, and nothing was there."""
    if frame.get("phase"):
        return f"The phase is {frame['phase']['label']}."
    seen = sorted({item["label"] for item in frame.get("boxes") or frame.get("masks") or []})
    if not seen:
        return "Nothing of what is looked for is in sight."
    listed = seen[0] if len(seen) == 1 else f"{', '.join(seen[:-1])} and {seen[-1]}"
    return f"In sight: {listed}."


def pairs_of_version(folder: Path) -> dict[str, list[Pair]]:
    """By split. Raises LayoutError."""
    manifest = version.manifest_of(folder)
    # Reads and checks all that is listed, and tells every mistake.
    version.entries(folder)
    found: dict[str, list[Pair]] = {split: [] for split in SPLITS}
    for case in manifest["cases"]:
        for line in (folder / case["annotations"]["file"]).read_text().splitlines():
            frame = json.loads(line)
            found[version.SPLITS[case["split"]]].append(Pair(folder / frame["file"], frame["sha256"], PROMPT, sentence(frame)))
    return found


def pairs_of_lines(folder: Path) -> dict[str, list[Pair]]:
    """By split. Raises LayoutError."""
    mistakes = Mistakes("pairs of pictures and text", folder)
    found: dict[str, list[Pair]] = {split: [] for split in SPLITS}
    splits: dict[str, str] = {}
    if mistakes.need(folder / "pairs.jsonl"):
        for number, line in enumerate((folder / "pairs.jsonl").read_text().splitlines(), 1):
            try:
                case, split, file, sha256, prompt, text = (json.loads(line)[name] for name in ("case", "split", "file", "sha256", "prompt", "text"))
            except (ValueError, KeyError, TypeError) as error:
                mistakes.add(f"Line {number} lacks {error}." if isinstance(error, KeyError) else f"Line {number} is no object in JSON.")
                continue
            if split not in version.SPLITS:
                mistakes.add(f"Line {number} has the split {split}; there are {', '.join(version.SPLITS)}.")
            elif splits.setdefault(case, split) != split:
                mistakes.add(f"Line {number} has a case in {split} that is in {splits[case]}, too.")
            elif not (folder / file).resolve().is_relative_to(folder.resolve()):
                mistakes.add(f"Line {number} names a file outside the folder.")
            elif mistakes.need(folder / file):
                found[version.SPLITS[split]].append(Pair(folder / file, sha256, prompt, text))
    mistakes.raise_any()
    return found


LAYOUTS = {"version": pairs_of_version, "pairs": pairs_of_lines}


def read_pairs(layout: str, folder: Path) -> dict[str, list[Pair]]:
    """Raises LayoutError, also where there is nothing to learn from or to measure on."""
    found = LAYOUTS[layout](folder)
    if empty := [split for split in ("training", "validation") if not found[split]]:
        raise LayoutError(layout, folder, [f"It has no pair for {split}." for split in empty])
    return found


def check_base(folder: Path) -> dict[str, str]:
    """Digests of the base model's weights, by file. Raises TuningError with all that is wrong."""
    weights = sorted(folder.glob("*.safetensors"))
    mistakes = [f"The base model lacks {name}." for name in ("config.json", "tokenizer_config.json") if not (folder / name).is_file()]
    if not weights:
        mistakes.append("The base model has no weights as safetensors; pickles (*.bin, *.pt) run code when they are read, and are refused.")
    if mistakes:
        raise TuningError(mistakes)
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in weights}


class Tuned:
    """The base model with adapters, and the processor that makes tensors of words and pictures."""

    def __init__(self, base: Path, device: torch.device) -> None:
        from transformers import AutoModelForVision2Seq, AutoProcessor

        self.device = device
        self.dtype = torch.bfloat16 if device.type == "cuda" else torch.float32
        self.processor: Any = AutoProcessor.from_pretrained(base, local_files_only=True, trust_remote_code=False)
        if not getattr(self.processor, "chat_template", None) and not self.processor.tokenizer.chat_template:
            raise TuningError(["The base model's processor has no chat template, so that nobody knows how it wants to be asked."])
        self.processor.tokenizer.padding_side = "right"
        self.model: Any = AutoModelForVision2Seq.from_pretrained(
            base, local_files_only=True, trust_remote_code=False, use_safetensors=True, torch_dtype=self.dtype
        ).to(device)

    def adapt(self, rank: int, targets: str) -> None:
        """Freezes the model and adds adapters to the modules whose names match. Raises TuningError where none does."""
        from peft import LoraConfig, get_peft_model

        matching = [name for name, module in self.model.named_modules() if isinstance(module, nn.Linear) and re.fullmatch(targets, name)]
        if not matching:
            raise TuningError([f'No linear layer of the base model matches "{targets}".'])
        torch.manual_seed(0)
        # Scale 2 whatever the rank, as most recipes have it.
        self.model = get_peft_model(self.model, LoraConfig(r=rank, lora_alpha=2 * rank, lora_dropout=0.05, target_modules=targets))

    def words(self, prompt: str, text: str | None) -> str:
        """Question and answer as the model wants them; without an answer, up to where it would begin."""
        asked = {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": prompt}]}
        answered = [] if text is None else [{"role": "assistant", "content": [{"type": "text", "text": text}]}]
        return self.processor.apply_chat_template([asked, *answered], add_generation_prompt=text is None)

    def batch(self, pairs: Sequence[Pair]) -> dict[str, torch.Tensor]:
        """Tensors of pairs, with labels of the answers alone. Raises TuningError where an answer does not begin where its question ends."""
        pictures = [pair.picture() for pair in pairs]
        whole = self.tensors([self.words(pair.prompt, pair.text) for pair in pairs], pictures)
        labels = whole["input_ids"].masked_fill(whole["attention_mask"] == 0, IGNORED)
        for row, (pair, picture) in enumerate(zip(pairs, pictures, strict=True)):
            asked = self.tensors([self.words(pair.prompt, None)], [picture])["input_ids"][0]
            if not torch.equal(whole["input_ids"][row, : len(asked)], asked):
                raise TuningError(["The base model's chat template writes a question otherwise once it is answered: what to learn can't be told."])
            labels[row, : len(asked)] = IGNORED
        return {**whole, "labels": labels}

    def tensors(self, words: list[str], pictures: list[Any]) -> dict[str, torch.Tensor]:
        # A flat list is one question's pictures to Idefics, and a nested one nothing to LLaVA.
        nested = type(self.processor).__name__.startswith("Idefics")
        images = [[picture] for picture in pictures] if nested else pictures
        made = self.processor(text=words, images=images, padding=True, return_tensors="pt")
        return {name: (t.to(self.device, self.dtype) if t.is_floating_point() else t.to(self.device)) for name, t in made.items()}

    @torch.no_grad()
    def loss(self, pairs: Sequence[Pair], batch: int) -> float:
        """Mean loss a pair."""
        self.model.eval()
        total = sum(self.model(**self.batch(some)).loss.item() * len(some) for some in split(pairs, batch))
        return total / len(pairs)

    @torch.no_grad()
    def probe(self) -> torch.Tensor:
        """Logits of a picture that is drawn here and shows nobody."""
        from PIL import Image

        self.model.eval()
        picture = Image.linear_gradient("L").convert("RGB")
        return self.model(**self.tensors([self.words(PROMPT, "In sight: Grasper.")], [picture])).logits.float().cpu()


def split(pairs: Sequence[Pair], batch: int) -> Iterator[Sequence[Pair]]:
    for i in range(0, len(pairs), batch):
        yield pairs[i : i + batch]


def tune(tuned: Tuned, pairs: Sequence[Pair], rate: float, batch: int, minutes: float, checkpoint: Path | None) -> Course:
    """Trains the adapters; goes on from `checkpoint` where that file exists (see Course), which holds nothing of the base model."""
    adapters = nn.ParameterList([p for p in tuned.model.parameters() if p.requires_grad])
    course = Course(adapters, rate, batch, minutes, checkpoint)
    tuned.model.train()
    while course.share() < 1:
        order = torch.randperm(len(pairs), generator=course.generator).tolist()
        for some in split([pairs[i] for i in order], batch):
            if (share := course.share()) >= 1:
                break
            loss = tuned.model(**tuned.batch(some)).loss
            course.learn(loss, min(1, (course.step + 1) / 20) * (1 - share), clip=1, say=10)
    course.finish()
    return course


def parity(tuned: Tuned, base: Path, adapter: Path) -> dict[str, float]:
    """Largest differences of logits from the trained model's: of the adapter as it was written, and of the adapter merged into the base.

    Leaves `tuned` merged. Raises TuningError where one is above TOLERANCE.
    """
    from peft import PeftModel

    wanted = tuned.probe()
    tuned.model = tuned.model.merge_and_unload()
    differences = {"merged": float((tuned.probe() - wanted).abs().max())}
    again = Tuned(base, tuned.device)
    again.model = PeftModel.from_pretrained(again.model, str(adapter), local_files_only=True)
    differences["adapter"] = float((again.probe() - wanted).abs().max())
    most = TOLERANCE[tuned.dtype]
    # Not a number is above every limit.
    if off := [name for name, difference in differences.items() if not difference <= most]:
        raise TuningError([f"Logits by {name} differ by {differences[name]:.5f} from the trained model's, at most {most}." for name in off])
    return differences


def leave_whole(tuned: Tuned, documents: Path, merged: Path) -> None:
    """The model that `parity` left merged and what it is asked by, as `save_pretrained` writes them, with its card and what it was made of."""
    tuned.model.save_pretrained(merged, safe_serialization=True)
    tuned.processor.save_pretrained(merged)
    for name in ("tuning.json", "card.md"):
        shutil.copyfile(documents / name, merged / name)


def read_options() -> argparse.Namespace:
    said = os.environ
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, channel, what in (
        ("base", "SM_CHANNEL_MODEL", "folder of the base model"),
        ("data", "SM_CHANNEL_TRAINING", "folder of the pictures and what is said of them"),
        ("output", "SM_MODEL_DIR", "folder for the adapter"),
    ):
        given = said.get(channel)
        parser.add_argument(f"--{name}", type=Path, required=given is None, default=given and Path(given), help=what)
    parser.add_argument("--merged", type=Path, help="folder for the whole model with the adapter merged in, for a server; none, if absent")
    parser.add_argument("--base-name", help="what the base model is called, with its version: for the card")
    parser.add_argument("--license", help="its licence, an SPDX identifier such as Apache-2.0: you have read it")
    parser.add_argument("--layout", choices=sorted(LAYOUTS), default="version")
    parser.add_argument("--rank", type=command.positive, default=8)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--batch", type=command.positive, default=4)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--targets", default=TARGETS, help="regular expression of the names of adapted layers")
    parser.add_argument("--threads", type=command.positive, default=int(said.get("SM_NUM_CPUS", "2")))
    checkpoints = said.get("SM_CHECKPOINT_DIR")
    parser.add_argument("--checkpoint", type=Path, default=checkpoints and Path(checkpoints) / "adapter.pt")
    options = parser.parse_args([*command.hyperparameters(parser, said.get("SM_HPS", "{}"), NAMES), *sys.argv[1:]])
    if missing := [name for name in ("base-name", "license") if getattr(options, name.replace("-", "_")) is None]:
        parser.error(f"there must be {' and '.join(missing)}, as arguments or hyperparameters")
    return options


def main() -> None:
    options = read_options()
    torch.set_num_threads(options.threads)
    random.seed(0)
    torch.manual_seed(0)
    weights = check_base(options.base)
    pairs = read_pairs(options.layout, options.data)
    tracking.start("adapter", {name: str(getattr(options, name)) for name in ("layout", "rank", "rate", "batch", "minutes")})
    tuned = Tuned(options.base, torch.device("cuda" if torch.cuda.is_available() else "cpu"))
    tuned.adapt(options.rank, options.targets)
    before = tuned.loss(pairs["validation"], options.batch)
    command.metric("base_validation_loss", before)
    course = tune(tuned, pairs["training"], options.rate, options.batch, options.minutes, options.checkpoint)
    after = tuned.loss(pairs["validation"], options.batch)
    command.metric("validation_loss", after)
    # The folder that it was read from is nobody's business, and nowhere else the same.
    tuned.model.peft_config["default"].base_model_name_or_path = options.base_name
    trainable = sum(p.numel() for p in tuned.model.parameters() if p.requires_grad)
    tuned.model.save_pretrained(options.output, safe_serialization=True)
    # PEFT writes a card of its own that says nothing.
    (options.output / "README.md").unlink(missing_ok=True)
    try:
        differences = parity(tuned, options.base, options.output)
    except TuningError:
        for file in options.output.glob("adapter_*"):
            file.unlink()
        raise
    document = {
        "base": {"name": options.base_name, "license": options.license, "sha256": weights},
        "dataset": {"layout": options.layout, "pairs": {name: len(some) for name, some in pairs.items()}},
        "adapter": {
            "rank": options.rank,
            "targets": options.targets,
            "parameters": trainable,
            "sha256": hashlib.sha256((options.output / "adapter_model.safetensors").read_bytes()).hexdigest(),
        },
        "seen": course.seen,
        "validationLoss": {"before": round(before, 6), "after": round(after, 6)},
        "parity": {name: round(difference, 7) for name, difference in differences.items()},
    }
    (options.output / "tuning.json").write_text(json.dumps(document, indent=2) + "\n")
    (options.output / "card.md").write_text(card_of(document))
    if options.merged is not None:
        leave_whole(tuned, options.output, options.merged)


def card_of(document: dict) -> str:
    base, dataset, adapter, loss = document["base"], document["dataset"], document["adapter"], document["validationLoss"]
    return f"""# Adapter for {base["name"]}

Describes single frames of operations in words, as an adapter (LoRA) for a language model that sees pictures.

- **For** research. **Never for care**: nobody has approved it, and what it says was compared with nothing but words.
- **Base** {base["name"]}, under {base["license"]}, whose terms hold for the adapter, too. It is useless with other weights: their digests are in `tuning.json`.
- **Trained** on {dataset["pairs"]["training"]} pairs ({dataset["layout"]}), {document["seen"]:,} looked at, by `models/training/tune_vlm.py`; rank {adapter["rank"]}, {adapter["parameters"]:,} parameters.
- **Data of patients**: an adapter can repeat what it learned from. Keep it where the pictures may be kept.
- **Not calibrated**, and without a threshold: it gives words, not probabilities.

## Measured

Loss a pair on {dataset["pairs"]["validation"]} validation pairs: {loss["before"]:.3f} before, {loss["after"]:.3f} after. That is no measure of whether sentences are true.

## Limits

It sees one frame and knows nothing of time, and it writes whether or not it knows. Models of this kind were found weak in space and time on
surgical pictures (arXiv 2504.02799). Let no sentence of it into a report that the grounding check has not passed (`functions/report`).
"""


if __name__ == "__main__":
    command.run(main)
