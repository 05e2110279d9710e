"""Tracking against a small server of our own (MLflow) and a client's mode without a network (W&B). What is missing is said."""

import importlib.util
import json
import os
import sys
import tempfile
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "models/training"))

import tracking

ARN = "arn:aws:secretsmanager:us-east-1:111122223333:secret:svp-tracking-AbCdEf"
PARAMETERS = {"layout": "drawn", "minutes": "3"}


def needs(module: str) -> object:
    return unittest.skipUnless(importlib.util.find_spec(module), f"needs {module}: npm run verify:python has it")


class Settings(unittest.TestCase):
    def mistakes(self, **said: str) -> list[str]:
        with self.assertRaises(tracking.TrackingError) as refused:
            tracking.settings(said)
        return refused.exception.mistakes

    def test_is_off_unless_somebody_says_so(self) -> None:
        self.assertEqual(tracking.settings({}).kind, "off")
        asked: list[str] = []
        tracking.start("m", PARAMETERS, {}, lambda arn: asked.append(arn) or {})  # type: ignore[func-returns-value]
        tracking.metric("loss", 1.0, 1)
        tracking.finish("FINISHED")
        self.assertEqual([asked, tracking.current], [[], None])

    def test_takes_what_is_whole(self) -> None:
        given = tracking.settings({"TRACKING": "wandb", "TRACKING_SECRET_ARN": ARN, "TRACKING_PROJECT": "p"})
        self.assertEqual([given.kind, given.project, given.server, given.secret_arn], ["wandb", "p", None, ARN])
        managed = "arn:aws:sagemaker:us-east-1:111122223333:mlflow-tracking-server/svp"
        self.assertEqual(tracking.settings({"TRACKING": "mlflow", "TRACKING_SERVER": managed}).server, managed)

    def test_refuses_the_rest_with_all_reasons(self) -> None:
        self.assertEqual(self.mistakes(TRACKING="comet"), ['TRACKING must be one of off, mlflow, wandb, clearml, not "comet".'])
        self.assertEqual(
            self.mistakes(TRACKING="wandb", WANDB_API_KEY="k"),
            [
                "TRACKING_SECRET_ARN must name the secret with the key of wandb.",
                "WANDB_API_KEY must not be set: a key in a job's configuration is no secret.",
            ],
        )
        self.assertEqual(
            self.mistakes(TRACKING="clearml", TRACKING_SECRET_ARN="0123456789abcdef"),
            ["TRACKING_SECRET_ARN must be the ARN of a secret of Secrets Manager, never the key itself."],
        )
        self.assertEqual(
            self.mistakes(TRACKING="mlflow", TRACKING_SECRET_ARN=ARN),
            [
                "TRACKING_SERVER must be the address of MLflow, or the ARN of a managed one.",
                "TRACKING_SECRET_ARN must be left out for mlflow: a managed server takes the job's role.",
            ],
        )

    @needs("wandb")  # type: ignore[operator]
    def test_refuses_a_secret_that_lacks_the_key(self) -> None:
        with self.assertRaisesRegex(tracking.TrackingError, "lacks apiKey"):
            tracking.start("m", PARAMETERS, {"TRACKING": "wandb", "TRACKING_SECRET_ARN": ARN}, lambda _arn: {"key": "x"})

    def test_refuses_without_its_client(self) -> None:
        with mock.patch.dict(sys.modules, {"mlflow": None}), self.assertRaisesRegex(tracking.TrackingError, "The container lacks mlflow"):
            tracking.start("m", PARAMETERS, {"TRACKING": "mlflow", "TRACKING_SERVER": "http://127.0.0.1:1"})


class Server(BaseHTTPRequestHandler):
    """As much of MLflow's REST API as a run needs; `asked` holds the calls."""

    asked: list[tuple[str, dict]]
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(size) or b"{}")
        call = self.path.split("?")[0].removeprefix("/api/2.0/mlflow/")
        self.asked.append((call, body))
        info = {
            "run_id": "r1",
            "run_uuid": "r1",
            "experiment_id": "7",
            "status": "RUNNING",
            "lifecycle_stage": "active",
            "artifact_uri": "mlflow-artifacts:/r1",
        }
        experiment = {"experiment_id": "7", "name": "p", "lifecycle_stage": "active", "artifact_location": "mlflow-artifacts:/7"}
        answers = {
            "experiments/get-by-name": {"experiment": experiment},
            "experiments/get": {"experiment": experiment},
            "runs/create": {"run": {"info": info, "data": {}}},
            "runs/get": {"run": {"info": info, "data": {}}},
            "runs/update": {"run_info": info},
        }
        text = json.dumps(answers.get(call, {})).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PATCH = answer

    def log_message(self, *_words: object) -> None: ...


class Clients(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        self.addCleanup(setattr, tracking, "current", None)

    def files_with(self, word: str) -> list[str]:
        return [str(path) for path in self.folder.rglob("*") if path.is_file() and word.encode() in path.read_bytes()]

    @needs("mlflow")  # type: ignore[operator]
    def test_mlflow(self) -> None:
        asked: list[tuple[str, dict]] = []
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Mine", (Server,), {"asked": asked}))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        said = {"TRACKING": "mlflow", "TRACKING_SERVER": f"http://127.0.0.1:{server.server_port}", "TRACKING_PROJECT": "p"}
        tracking.start("organ-segmenter", PARAMETERS, said)
        tracking.metric("loss", 0.5, 25)
        tracking.metric("mean_dice", 0.75)
        tracking.finish("KILLED")
        calls = [call for call, _ in asked]
        self.assertEqual(calls[0], "experiments/get-by-name")
        bodies = dict(asked)
        self.assertEqual(bodies["runs/create"]["run_name"], "organ-segmenter")
        self.assertEqual({p["key"]: p["value"] for p in bodies["runs/log-batch"]["params"]}, PARAMETERS)
        logged = [(body["key"], body["value"], body["step"]) for call, body in asked if call == "runs/log-metric"]
        self.assertEqual([(name, float(value), int(step)) for name, value, step in logged], [("loss", 0.5, 25), ("mean_dice", 0.75, 0)])
        self.assertEqual(bodies["runs/update"]["status"], "KILLED")

    @needs("wandb")  # type: ignore[operator]
    def test_wandb(self) -> None:
        # Offline: a run is written into a folder, and no server is asked.
        secret = "0123456789abcdef" * 2 + "01234567"
        places = {"WANDB_MODE": "offline", "WANDB_DIR": str(self.folder), "WANDB_SILENT": "true", "HOME": str(self.folder)}
        asked: list[str] = []
        with mock.patch.dict(os.environ, places):
            said = {"TRACKING": "wandb", "TRACKING_SECRET_ARN": ARN}
            tracking.start("organ-segmenter", PARAMETERS, said, lambda arn: asked.append(arn) or {"apiKey": secret})  # type: ignore[func-returns-value]
            tracking.metric("mean_dice", 0.75, 3)
            tracking.finish("FINISHED")
        self.assertEqual(asked, [ARN])
        [run] = self.folder.rglob("run-*.wandb")
        self.assertIn(b"mean_dice", run.read_bytes())
        self.assertIn(b"organ-segmenter", run.read_bytes())
        self.assertEqual(self.files_with(secret), [])


if __name__ == "__main__":
    # As a number: W&B's hook takes no other.
    sys.exit(0 if unittest.main(exit=False).result.wasSuccessful() else 1)
