"""Trains the network that outlines instruments, and writes models/instrument-segmenter/.

python3 models/training/train_instrument_segmenter.py --data DIR [--minutes N] [--threads N] [--checkpoint FILE]
"""

import command
from segmenter import Task, main

TASK = Task(
    id="instrument-segmenter",
    name="Instrument segmenter",
    subject="instrument",
    # The instruments of Cholec80 (Twinanda et al., EndoNet, 2017), in its order.
    labels=["Grasper", "Bipolar", "Hook", "Scissors", "Clipper", "Irrigator", "SpecimenBag"],
    regions="connected",
    least_cells=24,
    mirror=True,
    does="Outlines the seven instruments of Cholec80 in each frame, shafts included, and names them.",
    limits="Drawn instruments of one make each, at most two hands. Two instruments of one kind that touch are one mask, and one that another crosses may be two. Where only a shaft is in sight, several kinds look alike.",
)

if __name__ == "__main__":
    command.run(lambda: main(TASK, __doc__))
