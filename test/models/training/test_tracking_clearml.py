"""Tracking by ClearML in its mode without a network. In a file of its own: the client keeps threads of its process for itself."""

import importlib.util
import os
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "models/training"))

import tracking

ARN = "arn:aws:secretsmanager:us-east-1:111122223333:secret:svp-tracking-AbCdEf"
PARAMETERS = {"layout": "drawn", "minutes": "3"}


class ClearMl(unittest.TestCase):
    @unittest.skipUnless(importlib.util.find_spec("clearml"), "needs clearml: npm run verify:python has it")
    def test_clearml(self) -> None:
        from clearml import Task

        temporary = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.addCleanup(temporary.cleanup)
        folder = Path(temporary.name)
        Task.set_offline(True)
        places = {"CLEARML_CACHE_DIR": str(folder), "HOME": str(folder)}
        with mock.patch.dict(os.environ, places):
            said = {"TRACKING": "clearml", "TRACKING_SECRET_ARN": ARN, "TRACKING_SERVER": "http://127.0.0.1:1"}
            tracking.start("organ-segmenter", PARAMETERS, said, lambda _arn: {"accessKey": "a-key", "secretKey": "s-e-c-r-e-t"})
            assert isinstance(tracking.current, tracking.ClearMl)
            self.assertEqual(tracking.current.task.get_parameters(), {f"General/{name}": value for name, value in PARAMETERS.items()})
            tracking.metric("loss", 0.5, 25)
            tracking.metric("mean_dice", 0.75)
            tracking.finish("FINISHED")
        self.assertEqual([path for path in folder.rglob("*") if path.is_file() and b"s-e-c-r-e-t" in path.read_bytes()], [])


if __name__ == "__main__":
    unittest.main()
