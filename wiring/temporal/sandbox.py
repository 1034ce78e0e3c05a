"""The SDK's sandbox for workflows, without asking each run what our converter does not look at."""

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.converter import SerializationContext, StorageDriverStoreContext
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner
from temporalio.workflow import Info

NO_STORE = StorageDriverStoreContext()


class Sandbox(SandboxedWorkflowRunner):
    """Runs workflows sandboxed, each behind `WithoutContext`."""

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """Return a new run."""
        return WithoutContext(super().create_instance(det))


class WithoutContext(WorkflowInstance):
    """A run whose payloads are coded without a context: neither our converter nor our codec looks at one.

    The SDK asks for it three times a payload, and to answer it compiles and enters the sandbox each time: a fifth of a
    worker's time went there.
    """

    def __init__(self, run: WorkflowInstance) -> None:
        self._run = run

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        """Let the run go on."""
        return self._run.activate(act)

    def get_serialization_context(self, command_info: object) -> SerializationContext | None:  # noqa: ARG002
        """There is none."""
        return None

    def get_external_store_context(self, command_info: object) -> StorageDriverStoreContext:  # noqa: ARG002
        """Nothing is stored elsewhere."""
        return NO_STORE

    def get_info(self) -> Info:
        """Return what the SDK knows of the run."""
        return self._run.get_info()

    def get_thread_id(self) -> int | None:
        """Return the thread that the run is on now."""
        return self._run.get_thread_id()
