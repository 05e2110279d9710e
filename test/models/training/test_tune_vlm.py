"""A few steps of tuning a tiny model with random weights, made on the spot. Needs transformers and peft, whose absence is said."""

import hashlib
import importlib.util
import io
import itertools
import json
import os
import socket
import sys
import tempfile
import unittest
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "models/training"))

import tune_vlm
from course import Course
from layouts.layout import LayoutError

needs_transformers = unittest.skipUnless(
    importlib.util.find_spec("transformers") and importlib.util.find_spec("peft"), "needs transformers and peft: npm run verify:python has them"
)
TEMPLATE = (
    "{% for message in messages %}{{ message['role'] }} : {% for part in message['content'] %}{% if part['type'] == 'image' %}<image> "
    "{% else %}{{ part['text'] }} {% endif %}{% endfor %}{% endfor %}{% if add_generation_prompt %}assistant : {% endif %}"
)
COLOURS = {"Grasper": (220, 30, 30), "Hook": (20, 40, 210)}


SMALL = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}


def tokenizer_of(*special: str) -> tuple[Any, int]:
    """A tokenizer of the words that are said here, and how many they are. The first two special tokens are padding and the picture."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    said = f"user assistant : {tune_vlm.PROMPT} In sight: Grasper. Hook. Grasper and Nothing of what is looked for The phase"
    split = pre_tokenizers.Whitespace()
    words = ["<pad>", "<image>", "<unk>", *special, *dict.fromkeys(word for word, _ in split.pre_tokenize_str(said))]
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = split
    tokens = {"pad_token": "<pad>", "unk_token": "<unk>", "additional_special_tokens": ["<image>", *special]}
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_input_names=["input_ids", "attention_mask"], **tokens), len(words)


def base_model(folder: Path, template: str | None = TEMPLATE) -> None:
    """A model of LLaVA's layout with 2 + 2 layers of width 32."""
    from transformers import CLIPImageProcessor, CLIPVisionConfig, LlamaConfig, LlavaConfig, LlavaForConditionalGeneration, LlavaProcessor

    tokenizer, words = tokenizer_of()
    pictures = CLIPImageProcessor(size={"shortest_edge": 28}, crop_size={"height": 28, "width": 28})
    LlavaProcessor(pictures, tokenizer, patch_size=14, vision_feature_select_strategy="default", chat_template=template).save_pretrained(folder)
    torch.manual_seed(5)
    config = LlavaConfig(
        vision_config=CLIPVisionConfig(**SMALL, image_size=28, patch_size=14, projection_dim=32),
        text_config=LlamaConfig(**SMALL, num_key_value_heads=2, vocab_size=words, pad_token_id=0),
        image_token_index=1,
        pad_token_id=0,
    )
    LlavaForConditionalGeneration(config).save_pretrained(folder, safe_serialization=True)


def idefics_model(folder: Path) -> None:
    """The same of Idefics2's layout."""
    from transformers import Idefics2Config, Idefics2ForConditionalGeneration, Idefics2ImageProcessor, Idefics2Processor, MistralConfig

    tokenizer, words = tokenizer_of("<fake_token_around_image>", "<end_of_utterance>")
    pictures = Idefics2ImageProcessor(size={"shortest_edge": 14, "longest_edge": 28}, do_image_splitting=False)
    Idefics2Processor(pictures, tokenizer, image_seq_len=4, chat_template=TEMPLATE).save_pretrained(folder)
    torch.manual_seed(5)
    latents = {"resampler_n_latents": 4, "resampler_depth": 1, "resampler_n_heads": 2, "resampler_head_dim": 16, "num_key_value_heads": 2}
    config = Idefics2Config(
        vision_config={**SMALL, "image_size": 28, "patch_size": 14},
        perceiver_config=latents,
        text_config=MistralConfig(**SMALL, num_key_value_heads=2, vocab_size=words, pad_token_id=0, head_dim=16),
        image_token_id=1,
    )
    Idefics2ForConditionalGeneration(config).save_pretrained(folder, safe_serialization=True)


class Tuning(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        self.base, self.data = self.folder / "base", self.folder / "data"

    def picture(self, name: str, colour: tuple[int, int, int]) -> str:
        from PIL import Image

        file = self.data / name
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((32, 32, 3), colour, dtype=np.uint8)).save(file)
        return hashlib.sha256(file.read_bytes()).hexdigest()

    def version(self) -> None:
        """Two cases with a frame for each instrument."""
        cases = []
        for case, split in (("0" * 16, "train"), ("1" * 16, "validation")):
            lines = ""
            for number, (label, colour) in enumerate(COLOURS.items()):
                name = f"frames/{case}/{number:08}.jpg"
                boxes = [{"label": label, "box": [1, 1, 20, 20]}]
                lines += json.dumps({"file": name, "sha256": self.picture(name, colour), "width": 32, "height": 32, "boxes": boxes}) + "\n"
            file = self.data / f"annotations/{case}.jsonl"
            file.parent.mkdir(exist_ok=True)
            file.write_text(lines)
            annotations = {"file": f"annotations/{case}.jsonl", "sha256": hashlib.sha256(lines.encode()).hexdigest()}
            cases.append({"case": case, "split": split, "annotations": annotations})
        manifest = {"schema": "dataset-version/1.0", "name": "words", "version": "1.0.0", "task": "object-detection", "classes": list(COLOURS)}
        (self.data / "manifest.json").write_text(json.dumps({**manifest, "cases": cases, "extraction": {"framesPerSecond": 1}}))

    def run_entry(self, **hyperparameters: str) -> str:
        """What a training job of SageMaker says, and nothing else; with no way to any network."""
        given = {"base-name": "tiny 1.0", "license": "Apache-2.0", "minutes": "0.1", "rate": "0.05", "batch": "2", "rank": "4", **hyperparameters}
        channels = {
            "SM_CHANNEL_MODEL": self.base,
            "SM_CHANNEL_TRAINING": self.data,
            "SM_MODEL_DIR": self.folder / "out",
            "SM_CHECKPOINT_DIR": self.folder,
        }
        environment = {**{name: str(value) for name, value in channels.items()}, "SM_HPS": json.dumps(given), "SM_NUM_CPUS": "1"}
        said = io.StringIO()
        offline = mock.patch.object(socket.socket, "connect", side_effect=AssertionError("It went to the network."))
        # A clock that goes on by itself whenever it is looked at: as many steps on a busy machine as on an idle one.
        timed = mock.patch.object(tune_vlm, "Course", partial(Course, clock=partial(next, itertools.count(step=0.01))))
        with mock.patch.dict(os.environ, environment), mock.patch.object(sys, "argv", ["tune_vlm.py"]), offline, timed, redirect_stdout(said):
            tune_vlm.main()
        return said.getvalue()

    @needs_transformers
    def test_learns_to_say_what_is_in_sight(self) -> None:
        self.version()
        base_model(self.base)
        # With its last layer, without which random weights can hardly say anything.
        targets = r".*language_model\..*(q_proj|v_proj|lm_head)"
        said = self.run_entry(targets=targets)
        self.assertRegex(said, r"(?m)^metric base_validation_loss=\d")
        self.assertEqual(
            sorted(path.name for path in (self.folder / "out").iterdir()),
            ["adapter_config.json", "adapter_model.safetensors", "card.md", "tuning.json"],
        )
        document = json.loads((self.folder / "out/tuning.json").read_text())
        weights = self.base / "model.safetensors"
        self.assertEqual(
            document["base"],
            {"name": "tiny 1.0", "license": "Apache-2.0", "sha256": {weights.name: hashlib.sha256(weights.read_bytes()).hexdigest()}},
        )
        self.assertEqual(document["dataset"], {"layout": "version", "pairs": {"training": 2, "validation": 2, "test": 0}})
        words = json.loads((self.base / "config.json").read_text())["text_config"]["vocab_size"]
        # Query and value of two layers, two matrices of 32 x 4 each; and the last.
        self.assertEqual(document["adapter"]["parameters"], 2 * 2 * 2 * 32 * 4 + 4 * (32 + words))
        self.assertLess(document["validationLoss"]["after"], 0.8 * document["validationLoss"]["before"])
        self.assertTrue(all(difference < 1e-3 for difference in document["parity"].values()))
        self.assertEqual(sorted(document["parity"]), ["adapter", "merged"])
        self.assertEqual(json.loads((self.folder / "out/adapter_config.json").read_text())["base_model_name_or_path"], "tiny 1.0")
        self.assertIn("under Apache-2.0", (self.folder / "out/card.md").read_text())
        # The checkpoint of a Spot job holds adapters and no base model, and a course that is over begins anew from it.
        self.assertLess((self.folder / "adapter.pt").stat().st_size, 200_000)
        again = json.loads((self.folder / "out/tuning.json").read_text())["seen"]
        self.run_entry(targets=targets, minutes="0")
        self.assertEqual(json.loads((self.folder / "out/tuning.json").read_text())["seen"], again)

    @needs_transformers
    def test_leaves_the_whole_model_for_a_server_where_it_is_asked_to(self) -> None:
        from peft import PeftModel

        self.version()
        base_model(self.base)
        whole = self.folder / "whole"
        self.run_entry(merged=str(whole))
        # All that a server loads: weights and processor, without a pickle, under the name of the base's architecture.
        tune_vlm.check_base(whole)
        self.assertEqual(list(whole.glob("*.bin")) + list(whole.glob("adapter*")), [])
        architectures = [json.loads((folder / "config.json").read_text())["architectures"] for folder in (self.base, whole)]
        self.assertEqual(architectures[0], architectures[1])
        for name in ("tuning.json", "card.md"):
            self.assertEqual((whole / name).read_text(), (self.folder / "out" / name).read_text())
        cpu = torch.device("cpu")
        served, base = tune_vlm.Tuned(whole, cpu), tune_vlm.Tuned(self.base, cpu)
        untuned = base.probe()
        base.model = PeftModel.from_pretrained(base.model, str(self.folder / "out"), local_files_only=True)
        self.assertLess(float((served.probe() - base.probe()).abs().max()), 1e-3)
        self.assertGreater(float((served.probe() - untuned).abs().max()), 1e-3)

    @needs_transformers
    def test_adapts_the_layers_of_another_family_that_it_should(self) -> None:
        self.version()
        idefics_model(self.base)
        self.run_entry()
        document = json.loads((self.folder / "out/tuning.json").read_text())
        # The language model's query and value alone, not those of the part that sees nor of the one between.
        self.assertEqual(document["adapter"]["parameters"], 2 * 2 * 2 * 32 * 4)
        self.assertLess(document["validationLoss"]["after"], document["validationLoss"]["before"])
        self.assertTrue(all(difference < 1e-3 for difference in document["parity"].values()))

    @needs_transformers
    def test_learns_answers_and_not_questions(self) -> None:
        self.version()
        base_model(self.base)
        tuned = tune_vlm.Tuned(self.base, torch.device("cpu"))
        [short, long] = [
            tune_vlm.Pair(p.file, p.sha256, p.prompt, t)
            for p, t in zip(tune_vlm.pairs_of_version(self.data)["training"], ("Hook.", "In sight: Grasper and Hook."), strict=True)
        ]
        batch = tuned.batch([short, long])
        learned = [tuned.processor.tokenizer.decode(row[row != tune_vlm.IGNORED]) for row in batch["labels"]]
        self.assertEqual([" ".join(words.split()) for words in learned], ["Hook.", "In sight : Grasper and Hook."])

    @needs_transformers
    def test_refuses_what_merges_into_something_else(self) -> None:
        self.version()
        base_model(self.base)
        with (
            mock.patch.object(tune_vlm, "TOLERANCE", {torch.float32: -1.0}),
            self.assertRaisesRegex(tune_vlm.TuningError, "Logits by merged differ by"),
        ):
            self.run_entry(minutes="0.01")
        self.assertEqual(list((self.folder / "out").iterdir()), [])

    @needs_transformers
    def test_refuses_bases_that_it_can_not_ask_or_adapt(self) -> None:
        self.version()
        base_model(self.base, template=None)
        with self.assertRaisesRegex(tune_vlm.TuningError, "no chat template"):
            self.run_entry()
        base_model(self.base)
        with self.assertRaisesRegex(tune_vlm.TuningError, 'No linear layer of the base model matches "nowhere".'):
            self.run_entry(targets="nowhere")

    def test_refuses_pickles_and_half_a_model(self) -> None:
        self.base.mkdir()
        (self.base / "pytorch_model.bin").write_bytes(b"")
        with self.assertRaises(tune_vlm.TuningError) as refused:
            tune_vlm.check_base(self.base)
        self.assertEqual(
            refused.exception.mistakes,
            [
                "The base model lacks config.json.",
                "The base model lacks tokenizer_config.json.",
                "The base model has no weights as safetensors; pickles (*.bin, *.pt) run code when they are read, and are refused.",
            ],
        )

    def test_asks_for_name_and_licence(self) -> None:
        said = io.StringIO()
        with mock.patch.object(sys, "argv", ["tune_vlm.py", "--base", "b", "--data", "d", "--output", "o"]), redirect_stderr(said):
            self.assertRaises(SystemExit, tune_vlm.read_options)
        self.assertIn("there must be base-name and license, as arguments or hyperparameters", said.getvalue())

    def test_pairs_by_hand(self) -> None:
        self.data.mkdir()
        line = {"case": "a", "split": "train", "file": "a.jpg", "sha256": "0", "prompt": "What is it?", "text": "A hook."}
        (self.data / "a.jpg").write_bytes(b"")
        write = lambda lines: (self.data / "pairs.jsonl").write_text("".join(f"{one}\n" for one in lines))  # noqa: E731
        write([json.dumps(line), json.dumps({**line, "case": "b", "split": "validation"})])
        [pair] = tune_vlm.read_pairs("pairs", self.data)["training"]
        self.assertEqual(pair, tune_vlm.Pair(self.data / "a.jpg", "0", "What is it?", "A hook."))
        with self.assertRaisesRegex(ValueError, "a.jpg differs from its digest."):
            pair.picture()
        write([json.dumps(line)])
        with self.assertRaisesRegex(LayoutError, "It has no pair for validation."):
            tune_vlm.read_pairs("pairs", self.data)
        broken = [{"split": "test"}, {"case": "b", "split": "later"}, {"file": "../secret"}, {"file": "b.jpg"}]
        write([json.dumps(line), *(json.dumps({**line, **change}) for change in broken), "{}", "no"])
        with self.assertRaises(LayoutError) as refused:
            tune_vlm.read_pairs("pairs", self.data)
        self.assertEqual(
            refused.exception.mistakes,
            [
                "Line 2 has a case in test that is in train, too.",
                "Line 3 has the split later; there are train, validation, test.",
                "Line 4 names a file outside the folder.",
                "b.jpg is missing.",
                "Line 6 lacks 'case'.",
                "Line 7 is no object in JSON.",
            ],
        )

    def test_sentences_of_a_dataset_version(self) -> None:
        box = lambda label: {"label": label, "box": [0, 0, 1, 1]}  # noqa: E731
        self.assertEqual(tune_vlm.sentence({"phase": {"label": "ClippingCutting"}, "boxes": None, "masks": None}), "The phase is ClippingCutting.")
        self.assertEqual(tune_vlm.sentence({"boxes": [box("Hook")]}), "In sight: Hook.")
        self.assertEqual(
            tune_vlm.sentence({"boxes": [box("Hook"), box("Clipper"), box("Hook"), box("Grasper")]}), "In sight: Clipper, Grasper and Hook."
        )
        self.assertEqual(tune_vlm.sentence({"phase": None, "boxes": []}), "Nothing of what is looked for is in sight.")


if __name__ == "__main__":
    unittest.main()
