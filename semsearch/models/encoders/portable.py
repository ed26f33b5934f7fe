"""An encoder as bytes, for processes on other machines that embed texts of a build.

They need no path of this machine, no torch and no folder of their own: the files are written into a
temporary one, verified by their hashes, loaded, and removed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from semsearch.core.checksums import sha256_of
from semsearch.core.errors import InvalidSetting
from semsearch.core.version import __version__
from semsearch.models.encoders import hashed
from semsearch.models.encoders.base import Encoder
from semsearch.models.encoders.onnx import EncoderExport, OnnxEncoder
from semsearch.models.onnx.session import PRECISIONS


@dataclass(frozen=True, slots=True)
class PortableEncoder:
    """The encoder of a build, with the content of the files that it needs.

    `sha256` is that of the description of the export; None for an encoder without files. `version`
    is that of semsearch: another one may split texts into tokens in another way.
    """

    fingerprint: str
    precision: str
    sha256: str | None
    files: Mapping[str, bytes]
    version: str = __version__

    @classmethod
    def of(cls, folder: Path, model: str, fingerprint: str, precision: str) -> PortableEncoder:
        """Read an exported encoder.

        Args:
            folder: of the export.
            model: the name of the encoder, for messages.
            fingerprint: its identity.
            precision: of the copy that embeds definitions.

        Raises:
            IndexDamaged: a file of the export is missing or altered.
            InvalidSetting: the encoder has no exported copy that embeds definitions.
        """
        if precision == hashed.NAME:
            return cls(fingerprint, precision, None, {})
        if precision not in PRECISIONS:
            raise InvalidSetting(
                f"the encoder {model} has no exported copy that embeds definitions, so other "
                "machines cannot embed for this one; build without --ray"
            )
        description = EncoderExport.description(folder)
        export = EncoderExport.load_stated(folder, fingerprint, None)
        if not export.is_sound(folder, precision):
            raise export.damaged(folder)
        needed = [name for name in export.sha256 if _is_needed(name, precision)]
        files = {name: (folder / name).read_bytes() for name in (description.name, *needed)}
        return cls(fingerprint, precision, sha256_of(description), files)

    def load(self, runs: int | None = None) -> Encoder:
        """Load the encoder.

        Args:
            runs: most runs of the model at once; by default one for each core.

        Raises:
            IndexDamaged: a file has been altered on its way.
            InvalidSetting: this process has another version of semsearch.
        """
        if self.version != __version__:
            raise InvalidSetting(
                f"this process has semsearch {__version__} and the build {self.version}; install "
                "the same version everywhere"
            )
        if self.precision == hashed.NAME:
            return hashed.HashedEncoder()
        with TemporaryDirectory(prefix="semsearch-encoder-") as name:
            folder = Path(name)
            for file, content in self.files.items():
                (folder / Path(file).name).write_bytes(content)
            export = EncoderExport.load_stated(folder, self.fingerprint, self.sha256)
            return OnnxEncoder(folder, export, self.precision, runs)


def _is_needed(name: str, precision: str) -> bool:
    stem = Path(name).stem
    return stem == precision or stem not in PRECISIONS
