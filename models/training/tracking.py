"""Writes runs down where a team keeps track of experiments. Off unless TRACKING says otherwise.

TRACKING             off, mlflow, wandb or clearml
TRACKING_PROJECT     project or experiment, by default surgical-video
TRACKING_SERVER      mlflow: its address, or the ARN of a managed server of SageMaker (needs sagemaker-mlflow, signs with the job's role);
                     wandb, clearml: the address of an own server, else the vendor's
TRACKING_SECRET_ARN  wandb, clearml: secret of Secrets Manager with the key, {"apiKey"} or {"accessKey", "secretKey"}; read with the job's role

A key never stands in a job's configuration, where whoever may describe the job reads it. What is written down: the arguments, metrics,
and how the run ended; no picture, no name of a file or of an operation.
"""

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

KINDS = ("off", "mlflow", "wandb", "clearml")
SECRET_ARN = re.compile(r"arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):\d{12}:secret:\S+")
# What the clients themselves would take a key from.
KEYS = ("WANDB_API_KEY", "CLEARML_API_ACCESS_KEY", "CLEARML_API_SECRET_KEY", "MLFLOW_TRACKING_PASSWORD", "MLFLOW_TRACKING_TOKEN")


class TrackingError(Exception):
    """Tracking is asked for and can't be had. `mistakes` are sentences, all of them."""

    def __init__(self, mistakes: list[str]) -> None:
        self.mistakes = mistakes
        super().__init__("\n- ".join(["Runs can't be tracked as asked for:", *mistakes]))


class Tracker(Protocol):
    def metric(self, name: str, value: float, step: int | None) -> None: ...
    def finish(self, status: str) -> None: ...


@dataclass(frozen=True)
class Settings:
    kind: str
    project: str
    server: str | None
    secret_arn: str | None


def settings(said: Mapping[str, str]) -> Settings:
    """Raises TrackingError with all that is wrong."""
    kind = said.get("TRACKING", "off")
    server, secret = said.get("TRACKING_SERVER"), said.get("TRACKING_SECRET_ARN")
    mistakes = []
    if kind not in KINDS:
        mistakes.append(f'TRACKING must be one of {", ".join(KINDS)}, not "{kind}".')
    if kind in ("wandb", "clearml") and secret is None:
        mistakes.append(f"TRACKING_SECRET_ARN must name the secret with the key of {kind}.")
    if kind == "mlflow" and server is None:
        mistakes.append("TRACKING_SERVER must be the address of MLflow, or the ARN of a managed one.")
    if kind == "mlflow" and secret is not None:
        mistakes.append("TRACKING_SECRET_ARN must be left out for mlflow: a managed server takes the job's role.")
    if secret is not None and not SECRET_ARN.fullmatch(secret):
        mistakes.append("TRACKING_SECRET_ARN must be the ARN of a secret of Secrets Manager, never the key itself.")
    if kind != "off":
        mistakes += [f"{name} must not be set: a key in a job's configuration is no secret." for name in KEYS if name in said]
    if mistakes:
        raise TrackingError(mistakes)
    return Settings(kind, said.get("TRACKING_PROJECT", "surgical-video"), server, secret)


def read_secret(arn: str) -> dict[str, str]:
    """The secret's fields, read with the job's own role."""
    import boto3

    match = SECRET_ARN.fullmatch(arn)
    assert match is not None
    answer = boto3.client("secretsmanager", region_name=match[1]).get_secret_value(SecretId=arn)
    fields: dict[str, str] = json.loads(answer["SecretString"])
    return fields


def fields_of(secret: dict[str, str], names: tuple[str, ...]) -> list[str]:
    if missing := [name for name in names if not secret.get(name)]:
        raise TrackingError([f"The secret of TRACKING_SECRET_ARN lacks {', '.join(missing)}."])
    return [secret[name] for name in names]


class Mlflow:
    def __init__(self, settings: Settings, model: str, parameters: dict[str, str]) -> None:
        import mlflow

        self.client: Any = mlflow
        mlflow.set_tracking_uri(settings.server)
        mlflow.set_experiment(settings.project)
        mlflow.start_run(run_name=model)
        mlflow.log_params(parameters)

    def metric(self, name: str, value: float, step: int | None) -> None:
        self.client.log_metric(name, value, step=step)

    def finish(self, status: str) -> None:
        self.client.end_run(status)


class WeightsAndBiases:
    def __init__(self, settings: Settings, model: str, parameters: dict[str, str], secret: dict[str, str]) -> None:
        import wandb

        [key] = fields_of(secret, ("apiKey",))
        # No code, no machine, no console, no git: the run and what is logged, and nothing else.
        quiet = wandb.Settings(api_key=key, disable_code=True, disable_git=True, console="off", x_disable_meta=True)
        if settings.server is not None:
            quiet.base_url = settings.server
        self.run: Any = wandb.init(project=settings.project, name=model, config=parameters, settings=quiet)

    def metric(self, name: str, value: float, step: int | None) -> None:
        self.run.log({name: value}, step=step)

    def finish(self, status: str) -> None:
        import wandb

        code = 0 if status == "FINISHED" else 1
        self.run.finish(exit_code=code)
        # Its service is a process of its own, which goes on writing until it is told to end; the job may be gone before.
        wandb.teardown(exit_code=code)


class ClearMl:
    def __init__(self, settings: Settings, model: str, parameters: dict[str, str], secret: dict[str, str]) -> None:
        from clearml import Task

        access, key = fields_of(secret, ("accessKey", "secretKey"))
        Task.set_credentials(api_host=settings.server or "https://api.clear.ml", key=access, secret=key)
        # Nothing by itself: no console, no weights, no packages, no diff of the code.
        self.task: Any = Task.init(
            project_name=settings.project,
            task_name=model,
            reuse_last_task_id=False,
            auto_connect_frameworks=False,
            auto_connect_arg_parser=False,
            auto_connect_streams=False,
            auto_resource_monitoring=False,
        )
        self.task.connect(parameters)

    def metric(self, name: str, value: float, step: int | None) -> None:
        logger = self.task.get_logger()
        if step is None:
            logger.report_single_value(name, value)
        else:
            logger.report_scalar(name, name, value, step)

    def finish(self, status: str) -> None:
        if status != "FINISHED":
            self.task.mark_failed(status_reason=status)
        self.task.close()


current: Tracker | None = None


def start(
    model: str, parameters: dict[str, str], said: Mapping[str, str] = os.environ, secrets: Callable[[str], dict[str, str]] = read_secret
) -> None:
    """Begins a run where tracking is on. Raises TrackingError where it is and can't be had: a run that nobody finds again is worse than none."""
    global current
    given = settings(said)
    try:
        secret = secrets(given.secret_arn) if given.secret_arn is not None and given.kind != "off" else {}
        if given.kind == "mlflow":
            current = Mlflow(given, model, parameters)
        elif given.kind == "wandb":
            current = WeightsAndBiases(given, model, parameters, secret)
        elif given.kind == "clearml":
            current = ClearMl(given, model, parameters, secret)
    except ModuleNotFoundError as error:
        raise TrackingError([f"The container lacks {error.name}: see requirements-tracking.txt."]) from error


def metric(name: str, value: float, step: int | None = None) -> None:
    if current is not None:
        current.metric(name, value, step)


def finish(status: str) -> None:
    """Ends the run: FINISHED, FAILED or KILLED."""
    global current
    if current is not None:
        current.finish(status)
    current = None
