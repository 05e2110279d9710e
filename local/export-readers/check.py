"""Reads a folder of exports, one folder for each format, with readers that others wrote. A line for each format; exit code 1 if one is not read."""

import io
import json
import sys
import warnings
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

# What a reader only warns of is a fault, too.
warnings.simplefilter("error", UserWarning)


def coco(folder: Path) -> str:
    """pycocotools: every mask decodes to the area and the box that the file tells; boxes can be evaluated."""
    from pycocotools import mask as masks
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    with redirect_stdout(io.StringIO()):
        read = COCO(str(folder / "coco.json"))
        annotations = list(read.anns.values())
        outlined = [one for one in annotations if one["segmentation"]]
        for one in outlined:
            rle = one["segmentation"]
            assert masks.decode(rle).shape == tuple(rle["size"]), f"annotation {one['id']} is not of its size"
            assert masks.area(rle) == one["area"], f"annotation {one['id']} has another area"
            assert list(masks.toBbox(rle)) == one["bbox"], f"annotation {one['id']} has another box"
        found = [{**{key: one[key] for key in ("image_id", "category_id", "bbox")}, "score": one["score"] or 1.0} for one in annotations]
        if found:
            evaluation = COCOeval(read, read.loadRes(found), "bbox")
            evaluation.evaluate()
            evaluation.accumulate()
            evaluation.summarize()
            assert evaluation.stats[0] == 1, f"against itself it has an average precision of {evaluation.stats[0]}"
    return f"{len(read.imgs)} images, {len(annotations)} annotations, {len(outlined)} of them masks"


def fhir(folder: Path) -> str:
    """fhir.resources: a Bundle of R4B, whose resources here are those of R4."""
    from fhir.resources.R4B.bundle import Bundle

    bundle = Bundle.model_validate_json((folder / "bundle.json").read_text("utf-8"))
    return f"{len(bundle.entry)} resources"


def dicom(folder: Path) -> str:
    """pydicom: the JSON model becomes a file of DICOM, which reads as the same."""
    import pydicom

    (told,) = json.loads((folder / "report.dcm.json").read_text("utf-8"))
    report = pydicom.Dataset.from_json(told)
    report.file_meta = pydicom.dataset.FileMetaDataset()
    report.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    report.file_meta.MediaStorageSOPClassUID = report.SOPClassUID
    report.file_meta.MediaStorageSOPInstanceUID = report.SOPInstanceUID
    file = io.BytesIO()
    report.save_as(file, enforce_file_format=True)
    file.seek(0)
    assert pydicom.dcmread(file).to_json_dict() == report.to_json_dict(), "written and read again it is another"
    assert report.ContentTemplateSequence[0].TemplateIdentifier == "1500", "it is not of TID 1500"
    return f"{report.SOPClassUID.name}, TID 1500"


def parquet(folder: Path) -> str:
    """Apache Arrow's reader."""
    import pyarrow.parquet

    return ", ".join(f"{file.stem} {pyarrow.parquet.read_table(file).num_rows}" for file in sorted(folder.glob("*.parquet"))) + " rows"


def table(folder: Path) -> str:
    """Apache Arrow's reader; as many rows as Parquet has where both are there."""
    import pyarrow.csv
    import pyarrow.parquet

    counts = {file.stem: pyarrow.csv.read_csv(file, parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True)).num_rows for file in sorted(folder.glob("*.csv"))}
    for name, count in counts.items():
        other = folder.parent / "parquet" / f"{name}.parquet"
        if other.exists():
            rows = pyarrow.parquet.read_table(other).num_rows
            assert count == rows, f"{name} has {count} rows, {rows} in Parquet"
    return ", ".join(f"{name} {count}" for name, count in counts.items()) + " rows"


def captions(folder: Path) -> str:
    """webvtt-py."""
    import webvtt

    return ", ".join(f"{name} {len(webvtt.read(str(folder / f'{name}.vtt')))}" for name in ("chapters", "metadata")) + " cues"


readers: dict[str, Callable[[Path], str]] = {"coco": coco, "csv": table, "dicom-sr": dicom, "fhir": fhir, "parquet": parquet, "webvtt": captions}


def main() -> int:
    root = Path(sys.argv[1])
    failed = False
    for name, read in readers.items():
        if not (root / name).is_dir():
            continue
        try:
            print(f"{name}: read; {read(root / name)}")
        except Exception as error:  # noqa: BLE001: whatever a reader throws is what it has to say.
            print(f"{name}: not read: {type(error).__name__}: {str(error)[:2000]}")
            failed = True
    return 1 if failed else 0


sys.exit(main())
