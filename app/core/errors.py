"""Errors made for people.

The world's faults (a cut file, a full disk, no network) are a `UserError`: a whole sentence that says what
happened, and a hint that says what to do next. They are shown in one place, `app/ui/messages.py`. Anything
else that is raised is a mistake of ours and goes to the log with its traceback.
"""

from app.core import formatting
from app.core.translation import sentences, tr

SEE_LOG = tr("See the log for details.")
"""The hint where nobody knows more; the window offers to open the log with it."""


class UserError(Exception):
    """Something went wrong that the user can understand and act on.

    `str(error)` is the whole sentence; `hint` is the next step, or an empty string where there is none.
    """

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.hint = hint

    @property
    def told(self) -> str:
        """What happened and what to do, one after the other."""
        return sentences(str(self), self.hint)


class ModelFileError(UserError):
    """A model file cannot be used: damaged, of an unknown architecture, not a chat model."""


class OutOfMemoryError(UserError):
    """The model or its context does not fit into the memory of this computer."""


class EngineError(UserError):
    """The engine failed while loading or answering."""


class TemplateError(UserError):
    """A model's chat template could not be rendered."""


class TemplateStoppedError(TemplateError):
    """A model's chat template does not come to an end, or takes far too much memory."""


class PromptTooLongError(UserError):
    """What must be sent to the model does not fit into its context. `excess` is by how many tokens."""

    def __init__(self, subject: str, excess: int, context_length: int, kept_free: int) -> None:
        super().__init__(
            tr(
                "{subject} is too long by {tokens}. The model's context holds "
                "{context_length:,}, with {kept_free:,} kept for the answer.",
                subject=subject,
                tokens=formatting.tokens(excess),
                context_length=context_length,
                kept_free=kept_free,
            ),
            tr("Shorten it, load the model with a longer context, or start a new chat."),
        )
        self.excess = excess


class Cancelled(Exception):  # noqa: N818 - not a fault: the user asked for it
    """The user stopped the work. Raised to leave a loop early, never shown."""


class StoreError(UserError):
    """Conversations could not be read or saved."""


class SettingsError(UserError):
    """A settings or preset file could not be read or saved."""


class AttachmentError(UserError):
    """A message cannot take what was to be attached to it."""


class PictureError(UserError):
    """A file that was to be shown to a model is no picture that can be opened."""


class SoundError(UserError):
    """A file is no recording that can be opened, or nothing can be recorded or played."""


class DocumentError(UserError):
    """A file that was to be read has no words that can be read."""


class ImportFormatError(UserError):
    """A file given for import is not what it claims to be."""


class NotAnExportError(ImportFormatError):
    """A Markdown file that this program has not written."""


class HubError(UserError):
    """Models could not be searched, fetched or kept. The window answers the kinds below differently."""


class OfflineError(HubError):
    """The user switched the network off."""


class NetworkError(HubError):
    """The hub cannot be reached: no network, no such name, a broken or a silent connection."""


class BusyHubError(HubError):
    """The hub cannot answer now. `wait_seconds` is the pause that it asked for, 0 where it named none."""

    def __init__(self, sentence: str, hint: str = "", wait_seconds: float = 0.0) -> None:
        super().__init__(sentence, hint)
        self.wait_seconds = wait_seconds


class TokenError(HubError):
    """The hub wants a token, or does not accept the one it got."""


class GatedError(HubError):
    """The repository asks for its terms to be accepted first. `address` is the page where that is done."""

    def __init__(self, sentence: str, hint: str = "", address: str = "") -> None:
        super().__init__(sentence, hint)
        self.address = address


class NotOnHubError(HubError):
    """There is no such repository, revision or file."""


class DamagedDownloadError(HubError):
    """What arrived is not what the hub had announced: another size or another checksum."""


class ModelFolderError(HubError):
    """The folder for models cannot be written or is not there."""


class DiskFullError(ModelFolderError):
    """There is not enough room. Sizes in bytes."""

    def __init__(self, sentence: str, hint: str = "", needed_bytes: int = 0, free_bytes: int = 0) -> None:
        super().__init__(sentence, hint)
        self.needed_bytes = needed_bytes
        self.free_bytes = free_bytes


class ServerError(UserError):
    """A server cannot be asked, does not want to answer, or answers with something else."""


class ServerKeyError(ServerError):
    """A server wants a key, or does not accept the one it got."""


class BusyServerError(ServerError):
    """A server cannot answer now. `wait_seconds` is the pause that it asked for, 0 where it named none."""

    def __init__(self, sentence: str, hint: str = "", wait_seconds: float = 0.0) -> None:
        super().__init__(sentence, hint)
        self.wait_seconds = wait_seconds


class StreamBrokenError(ServerError):
    """The connection to a server ended before the answer did."""


class ServerContextError(ServerError):
    """A server's model holds fewer tokens than it was sent: `context_length`, 0 where it does not say."""

    def __init__(self, sentence: str, hint: str = "", context_length: int = 0) -> None:
        super().__init__(sentence, hint)
        self.context_length = context_length
