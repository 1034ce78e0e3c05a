"""Every setting of worker and gateway, read from the environment (prefix `JOURNEYS_`) and secret files."""

from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings; secrets are files in `secrets_dir`, so that none stands in the environment or a log."""

    model_config = SettingsConfigDict(
        env_prefix="JOURNEYS_", env_nested_delimiter="__", extra="ignore", hide_input_in_errors=True
    )

    database_url: str = Field(description="Postgres URI, for asyncpg.", repr=False)
    temporal_address: str = Field(description="host:port of the Temporal frontend.")
    temporal_namespace: str = Field(default="family-journeys", description="Temporal namespace.")
    temporal_tls: Literal["none", "mutual"] = Field(
        default="none",
        description="mutual: with journeys-client.pem, journeys-client.key and journeys-authority.pem of the secrets.",
    )
    temporal_tls_name: str = Field(default="temporal", description="The name in the certificate of Temporal's server.")
    secrets_dir: Path = Field(
        description="Folder of the secret files: codec.key, vault.key, subject.key, jwks.json, smtp.user, ..."
    )
    heads_dir: Path | None = Field(
        default=None,
        description="Folder outside the database where workers keep the ends of journals; none: nothing is kept.",
    )
    stack: Literal["live", "time-lapse"] = Field(default="live", description="Only a time-lapse may shift the clock.")
    clock_offset: timedelta = Field(default=timedelta(0), description="Business clock minus the server's clock.")
    gateway_host: str = Field(default="127.0.0.1", description="Address the gateway listens on.")
    gateway_port: int = Field(default=8470, description="Port the gateway listens on.")
    programme: str = Field(
        default="wirral-2012", pattern=r"^[a-z0-9][a-z0-9-]{0,79}$", description="Pack used when a referral names none."
    )
    smtp_host: str | None = Field(default=None, description="Mail server for reminders; none: kept as not sent.")
    smtp_port: int = Field(default=25, description="Port of the mail server.")
    smtp_tls: Literal["none", "starttls", "tls"] = Field(
        default="starttls", description="How the way to the mail server is encrypted."
    )
    smtp_ca_file: Path | None = Field(
        default=None, description="Certificates that the mail server is checked against; none: the system's."
    )
    notify_url: str = Field(
        default="https://api.notifications.service.gov.uk", description="GOV.UK Notify; another one for tests."
    )
    notify_templates: dict[str, str] = Field(
        default={}, description="Templates at Notify by their kind: JOURNEYS_NOTIFY_TEMPLATES__EMAIL and so on."
    )
    partner_rate: str = Field(default="600/minute", description="Messages to one partner by one worker, at most.")
    mail_from: str = Field(default="family-journeys@localhost", description="Sender of reminders and notifications.")
    webhook_loopback: bool = Field(
        default=False, description="Whether a webhook may lead to this machine: on a private or one-machine stack only."
    )
    token_longest: timedelta = Field(
        default=timedelta(hours=24), description="The longest time for which a staff token may be good."
    )
    token_issuer: str = Field(default="family-journeys-local", description="Issuer that staff tokens must name.")
    token_audience: str = Field(default="family-journeys", description="Audience that staff tokens must name.")
    token_name_claim: str = Field(
        default="sub", min_length=1, description="Claim of a staff token that holds the name: a code such as kw-anna."
    )
    token_role_claim: str = Field(
        default="role",
        min_length=1,
        description="Claim that holds the role: a text, or a list with exactly one of ours.",
    )
    metrics_host: str = Field(default="127.0.0.1", description="Address on which figures for Prometheus are served.")
    gateway_metrics_port: int = Field(default=0, description="Port of the gateway's figures; 0: none are served.")
    worker_metrics_port: int = Field(default=0, description="Port of the worker's figures; 0: none are served.")
    traces_url: str | None = Field(default=None, description="OTLP/HTTP collector for traces; none: none are kept.")
    jwks_url: str | None = Field(
        default=None, description="https address of the issuer's key set; none: jwks.json in the secrets folder."
    )
    partner_requests_a_minute: int = Field(default=3_000, ge=1, description="Requests one partner may send a gateway.")
    partner_events_a_minute: int = Field(default=60_000, ge=1, description="Events one partner may send a gateway.")
    log_level: str = Field(default="INFO", description="Lowest level logged.")
    worker_activities: int = Field(
        default=100, description="Messages and evaluations that one worker runs at once; a partner gets at most four."
    )
    worker_workflow_tasks: int = Field(
        default=6, ge=2, description="Journeys that one worker looks at at once; more make each late after a restart."
    )
    worker_sticky_seconds: float = Field(
        default=3.0, gt=0, description="How long a journey's task waits for the worker that holds it in memory."
    )
    worker_cached_workflows: int = Field(
        default=500,
        description="Journeys kept in memory by one worker: at least twice `JOURNEYS_WORKER_WORKFLOW_TASKS`.",
    )
    history_limit: int = Field(
        default=200,
        ge=0,
        description="Journeys begun from now on continue as new past this many history events, or a megabyte of them;"
        " 0: the server's advice, thousands.",
    )

    @model_validator(mode="after")
    def _live_clock(self) -> Self:
        if self.stack == "live" and self.clock_offset != timedelta(0):
            raise ValueError("JOURNEYS_CLOCK_OFFSET is set on a live stack; only a time-lapse may shift the clock")
        return self

    @model_validator(mode="after")
    def _room_for_journeys_at_work(self) -> Self:
        """Keep a journey in memory until its step is done.

        The SDK puts one out in the midst of a step where there is no room (temporalio/sdk-rust#1482): its local
        activity is cancelled, the task times out after ten seconds, and it all begins again, perhaps for ever.
        """
        least = 2 * self.worker_workflow_tasks
        if self.worker_cached_workflows < least:
            raise ValueError(
                f"JOURNEYS_WORKER_CACHED_WORKFLOWS is {self.worker_cached_workflows}, but a worker that looks at"
                f" {self.worker_workflow_tasks} journeys at once must keep twice as many in memory; set it to {least}"
                " or more"
            )
        return self


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Read the settings of this process once."""
    return Settings()
