"""A hospital's folder between two counts: its keys, and what it heard in the count that made them."""

import pathlib

import veilkit as vk


class Archive:
    """The files. Those with secrets are for their owner only."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder

    def identity_key(self) -> vk.mpc.IdentityKey:
        """The key that signs for the hospital; made when it is first asked for."""
        file = self.folder / "identity.key"
        if not file.exists():
            self._write_secret("identity.key", vk.mpc.IdentityKey.generate().to_bytes())
        return vk.mpc.IdentityKey.from_bytes(file.read_bytes())

    def share(self) -> vk.mpc.KeyShare | None:
        """The share of the key that the hospitals made, if they made one."""
        file = self.folder / "share.key"
        return vk.mpc.KeyShare.from_bytes(file.read_bytes()) if file.exists() else None

    def heard(self, party: int) -> bytes:
        """The ballots of a hospital in the count that made the key."""
        return (self.folder / f"ballots-{party}").read_bytes()

    def sent(self) -> bytes:
        """This hospital's decryption share of that count."""
        return (self.folder / "decryption.share").read_bytes()

    def keep(self, share: vk.mpc.KeyShare, heard: dict[int, bytes], sent: bytes) -> None:
        """Writes it all down."""
        self._write_secret("share.key", share.to_bytes())
        (self.folder / "decryption.share").write_bytes(sent)
        for party, message in heard.items():
            (self.folder / f"ballots-{party}").write_bytes(message)

    def _write_secret(self, name: str, data: bytes) -> None:
        (self.folder / name).touch(mode=0o600)
        (self.folder / name).write_bytes(data)
