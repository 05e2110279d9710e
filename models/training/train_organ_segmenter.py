"""Trains the network that outlines organs and structures, and writes models/organ-segmenter/.

python3 models/training/train_organ_segmenter.py --data DIR [--minutes N] [--threads N] [--checkpoint FILE]
"""

import command
from segmenter import Task, main

TASK = Task(
    id="organ-segmenter",
    name="Organ segmenter",
    subject="structure",
    # Of the classes of CholecSeg8k (Hong et al., 2020), the structures that are drawn.
    labels=["Liver", "Gallbladder", "CysticDuct", "Fat", "GastrointestinalTract", "ConnectiveTissue", "Blood"],
    regions="whole",
    least_cells=24,
    # Anatomy has sides.
    mirror=False,
    does="Outlines liver, gallbladder, cystic duct, fat, gastrointestinal tract, connective tissue and blood in each frame: the structures of CholecSeg8k that are drawn.",
    limits="Abdominal wall, liver ligament and hepatic vein are not drawn, and the cystic artery counts as connective tissue. Fat passes into connective tissue without an edge; its truth is drawn where it covers half.",
)

if __name__ == "__main__":
    command.run(lambda: main(TASK, __doc__))
