"""A timed course of training that an interruption can't lose: how far it is, and the checkpoint from where it goes on."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import torch
from torch import nn

import command

# Seconds of training between two checkpoints: what an instance that goes without a word costs.
CHECKPOINT_SECONDS = 60


class Course:
    """Trains `network` for `minutes`, all interruptions together, or for the steps that the command line says.

    A checkpoint holds weights, optimiser, random numbers and the time that is spent. It is written every minute, at the end, and when
    the job is told to stop: SageMaker sends SIGTERM two minutes before a Spot instance goes. Where `checkpoint` exists and its
    course was not over, this one is its rest; where it was over, a new course begins with its weights.
    """

    def __init__(
        self,
        network: nn.Module,
        rate: float,
        batch: int,
        minutes: float,
        checkpoint: Path | None,
        seed: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.network = network
        self.optimiser = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=1e-3)
        self.rate, self.batch, self.minutes, self.checkpoint, self.clock = rate, batch, minutes, checkpoint, clock
        self.before, self.step, self.spent = 0, 0, 0.0
        self.generator = torch.Generator()
        state = torch.load(checkpoint) if checkpoint is not None and checkpoint.exists() else None
        if state is not None:
            network.load_state_dict(state["network"])
        if state is not None and not state["over"]:
            self.before, self.step, self.spent = state["before"], state["step"], state["spent"]
            self.optimiser.load_state_dict(state["optimiser"])
            self.generator.set_state(state["generator"])
            print(f"goes on after {self.spent:.0f} s and {self.step} steps", flush=True)
        else:
            self.before = 0 if state is None else state["seen"]
            self.generator.manual_seed(seed + self.before)
        self.start = self.saved = clock()
        self.told_to_stop = False
        self.earlier = signal.signal(signal.SIGTERM, self._stop)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.told_to_stop = True

    def seconds(self) -> float:
        """Seconds of training, with those before an interruption."""
        return self.spent + self.clock() - self.start

    def share(self) -> float:
        """How much of the course is over, 1 at its end."""
        if command.STEPS is not None:
            return min(1.0, self.step / command.STEPS)
        return min(1.0, self.seconds() / max(60 * self.minutes, 1e-9))

    @property
    def seen(self) -> int:
        """Pictures, with those of earlier courses."""
        return self.before + self.step * self.batch

    def learn(self, loss: torch.Tensor, rate: float, clip: float | None, say: int) -> None:
        """One step at `rate` times the course's own rate. Says the loss every `say` steps. Raises SystemExit where the job was told to stop."""
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate * rate
        self.optimiser.zero_grad()
        loss.backward()
        if clip is not None:
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), clip)
        self.optimiser.step()
        self.step += 1
        if self.step % say == 0:
            print(f"step {self.step}, {100 * self.share():.0f} %", flush=True)
            command.metric("loss", loss.item(), self.step)
        if self.told_to_stop:
            self.save(over=False)
            print(f"told to stop after {self.seconds():.0f} s", flush=True)
            raise SystemExit(143)
        if self.clock() - self.saved > CHECKPOINT_SECONDS:
            self.save(over=False)
            self.saved = self.clock()

    def save(self, over: bool) -> None:
        if self.checkpoint is None:
            return
        state = {
            "network": self.network.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "generator": self.generator.get_state(),
            "before": self.before,
            "seen": self.seen,
            "step": self.step,
            "spent": self.seconds(),
            "over": over,
        }
        self.checkpoint.parent.mkdir(parents=True, exist_ok=True)
        # Half a file would be worse than an old one, and SageMaker copies whatever it finds.
        part = self.checkpoint.with_suffix(".part")
        torch.save(state, part)
        os.replace(part, self.checkpoint)

    def finish(self) -> None:
        signal.signal(signal.SIGTERM, self.earlier)
        self.save(over=True)
