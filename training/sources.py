"""The packages with training data: licence, version and hash of each.

Packages are fetched by the clients of their registries, by name. A new version needs its number and
hash here, so that the data of a training run is known.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from semsearch.core.checksums import sha256_of
from semsearch.core.errors import ImportFailed


class Registry(StrEnum):
    """The registry of a package."""

    DEBIAN = "debian"
    PYPI = "pypi"
    NPM = "npm"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSource:
    """One package, and the licence of what is read from it."""

    package: str
    version: str
    registry: Registry
    licence: str
    sha256: str


SOURCES = (
    TrainingSource(
        package="wordnet-base",
        version="1:3.0-37",
        registry=Registry.DEBIAN,
        licence="WordNet 3.0",
        sha256="61060d960f9ada8fa120872312eccd3ecebfbab8c4579e4f5a74e1cf67620752",
    ),
    TrainingSource(
        package="dict-gcide",
        version="0.48.5+nmu2",
        registry=Registry.DEBIAN,
        licence="public domain (only paragraphs of Webster 1913; the package is GPL-3+)",
        sha256="7b0af5cfde3cbdef5e9d6e78f92ec335ced7c2790f37a40f49bebc6f7347ac0f",
    ),
    TrainingSource(
        package="dict-jargon",
        version="4.4.7-3.1",
        registry=Registry.DEBIAN,
        licence="public domain",
        sha256="405f8168d7994ed2cb71407bb95493daec2e9aa66fc0461dafa74a9d6728a8c1",
    ),
    TrainingSource(
        package="postgresql-doc-15",
        version="15.18-0+deb12u1",
        registry=Registry.DEBIAN,
        licence="PostgreSQL",
        sha256="3c598277a463c44d672daa2c335deb8d8252e1852fb025fd4578ea2d9a1b90f0",
    ),
    TrainingSource(
        package="apache2-doc",
        version="2.4.68-1~deb12u1",
        registry=Registry.DEBIAN,
        licence="Apache-2.0",
        sha256="cee8fe80ffb5de2744cd690c3d795b489e43a1c44c4e3a634c521642f22d7835",
    ),
    TrainingSource(
        package="python3.11-doc",
        version="3.11.2-6+deb12u8",
        registry=Registry.DEBIAN,
        licence="PSF-2.0",
        sha256="50eb63e7f636c4281e9ce1b8f10386f1def42159eddce34fc1f41c46261df71b",
    ),
    TrainingSource(
        package="web-features",
        version="3.40.0",
        registry=Registry.NPM,
        licence="Apache-2.0",
        sha256="271a7251094af04293563e434ae9a2171a596230e856b32ac216fa73f6a61429",
    ),
    TrainingSource(
        package="caniuse-db",
        version="1.0.30001813",
        registry=Registry.NPM,
        licence="CC-BY-4.0",
        sha256="0ee89b98e61761d9559f0f3c05610fd36ba30cddff972e899c679ba4132aca0c",
    ),
    TrainingSource(
        package="botocore",
        version="1.44.5",
        registry=Registry.PYPI,
        licence="Apache-2.0",
        sha256="8f16a56d1dff125dd65322ae021efa7ba5195a6db5102b96862566055b748921",
    ),
    TrainingSource(
        package="google-api-python-client",
        version="2.202.0",
        registry=Registry.PYPI,
        licence="Apache-2.0",
        sha256="aaa90064c9bb642ff1d065b22ca8958a2cb6e345909cefe70d0e5452fc50e08b",
    ),
    TrainingSource(
        package="django",
        version="5.2.19",
        registry=Registry.PYPI,
        licence="BSD-3-Clause",
        sha256="5965d974a5218a2b68a11dd1276434707f23886525c23f0598eccedaf4f4ca00",
    ),
    TrainingSource(
        package="sqlalchemy",
        version="2.1.9",
        registry=Registry.PYPI,
        licence="MIT",
        sha256="3a24b459e52b3ac138f6a05e99a4bd0589443a1ae18041a59c1cfdee12134a2b",
    ),
    TrainingSource(
        package="networkx",
        version="3.6.1",
        registry=Registry.PYPI,
        licence="BSD-3-Clause",
        sha256="d47fbf302e7d9cbbb9e2555a0d267983d2aa476bac30e90dfbe5669bd57f3762",
    ),
    TrainingSource(
        package="nltk",
        version="3.10.4",
        registry=Registry.PYPI,
        licence="Apache-2.0",
        sha256="769ba5413f265b7d3e87cd163cc28efa01e29eeef8bb6080bc907949d9fcfb51",
    ),
    TrainingSource(
        package="pandas",
        version="3.1.1",
        registry=Registry.PYPI,
        licence="BSD-3-Clause",
        sha256="4f1602f614bb83f443381dbcbb94c4ac764b2e50c8d6c965614c5cd83e328c47",
    ),
    TrainingSource(
        package="scikit-image",
        version="0.26.0",
        registry=Registry.PYPI,
        licence="BSD-3-Clause",
        sha256="74aa5518ccea28121f57a95374581d3b979839adc25bb03f289b1bc9b99c58af",
    ),
    TrainingSource(
        package="scikit-learn",
        version="1.9.1",
        registry=Registry.PYPI,
        licence="BSD-3-Clause",
        sha256="52a0703bbc07ad27f560fa63fa68e4c54dd735bfbbf65b4dd3c225dc7547b6df",
    ),
    TrainingSource(
        package="scipy",
        version="1.17.1",
        registry=Registry.PYPI,
        licence="BSD-3-Clause",
        sha256="43af8d1f3bea642559019edfe64e9b11192a8978efbd1539d7bc2aaa23d92de4",
    ),
    TrainingSource(
        package="statsmodels",
        version="0.15.0",
        registry=Registry.PYPI,
        licence="BSD-3-Clause",
        sha256="b67886b66d9c7ca118526accedb5c6de7ffd74c015dc0492ea0b1690192b65da",
    ),
    TrainingSource(
        package="sympy",
        version="1.14.0",
        registry=Registry.PYPI,
        licence="BSD-3-Clause",
        sha256="e091cc3e99d2141a0ba2847328f5479b05d94a6635cb96148ccb3f34671bd8f5",
    ),
)
"""Everything that is read. GPL, GFDL and share-alike texts are not among them."""


def fetch(source: TrainingSource, folder: Path) -> Path:
    """Return the folder of a package, which is fetched and unpacked once.

    Wheels stay packed; of the others the folder with their files is returned.

    Raises:
        ImportFailed: it cannot be fetched, or is not the one that is known.
    """
    place = folder / f"{source.package}-{source.version.replace(':', '_')}"
    if not place.exists():
        scratch = folder / f"{source.package}.new"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        archive = _download(source, scratch)
        found = sha256_of(archive)
        if found != source.sha256:
            raise ImportFailed(
                f"has the SHA-256 {found} instead of {source.sha256}; check its licence and write the "
                "new hash into training/sources.py",
                archive,
            )
        _unpack(archive, scratch)
        scratch.rename(place)
    return next(place.glob("*.whl"), place)


def _download(source: TrainingSource, folder: Path) -> Path:
    name, version = source.package, source.version
    commands = {
        Registry.DEBIAN: ["apt-get", "-q", "download", f"{name}={version}"],
        Registry.PYPI: [
            *(sys.executable, "-m", "pip", "-q", "--disable-pip-version-check", "download"),
            *("--no-deps", "--only-binary", ":all:", "--python-version", "3.11"),
            *("--platform", "manylinux_2_28_x86_64", "--platform", "manylinux_2_27_x86_64"),
            *("--platform", "manylinux_2_24_x86_64", "--platform", "manylinux_2_17_x86_64"),
            f"{name}=={version}",
        ],
        Registry.NPM: ["npm", "pack", "--silent", f"{name}@{version}"],
    }
    command = commands[source.registry]
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", "") or error
        reason = f"cannot be fetched with `{' '.join(command)}`: {str(said).strip()[-300:]}"
        advice = "see that its client works, or write a newer version into training/sources.py"
        raise ImportFailed(f"{reason}; {advice}", name) from error
    return next(path for path in folder.iterdir() if path.is_file())


def _unpack(archive: Path, folder: Path) -> None:
    if archive.suffix == ".deb":
        command = ["dpkg", "-x", archive.name, "."]
        subprocess.run(command, cwd=folder, check=True)  # noqa: S603 - no part of it comes from outside
    elif archive.suffix == ".tgz":
        with tarfile.open(archive) as packed:
            # Python 3.11.2 of Debian has no filter; the hash of the archive was checked
            packed.extraction_filter = getattr(tarfile, "data_filter", None)
            packed.extractall(folder)  # noqa: S202
