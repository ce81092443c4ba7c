"""Parts of the interface that this server does not offer: they exist, and say so when they are called."""

import _pie as _p

from ._values import ids, later

_MEDIA = "no loaded model takes or makes media"


def _class(name, why, methods=()):
    refuse = later(name, why)
    body = {"__init__": refuse, "__doc__": f"Not offered: {why}."}
    body.update({m: staticmethod(later(f"{name}.{m}", why)) for m in methods})
    return type(name, (), body)


class _Protocol(type):
    """Takes whatever has the methods for an instance; classes that name a protocol as their base are ordinary ones."""

    def __instancecheck__(cls, value):
        methods = cls.__dict__.get("_methods")
        return type.__instancecheck__(cls, value) if methods is None else all(hasattr(value, m) for m in methods)


def _protocol(name, doc, *methods):
    return _Protocol(name, (), {"__doc__": doc, "_methods": methods})


Schema = _protocol("Schema", "Protocol of things with build_constraint(model).", "build_constraint")
Constraint = _protocol("Constraint", "Protocol of things with step(accepted).", "step")
Speculator = _protocol("Speculator", "Protocol of things with draft() and accept(tokens).", "draft")
Image = _class("Image", _MEDIA, ("from_bytes",))
Audio = _class("Audio", _MEDIA, ("from_bytes",))
Video = _class("Video", _MEDIA, ("from_bytes",))
Speech = _class("Speech", _MEDIA)
SpeechBuilder = _class("SpeechBuilder", _MEDIA)
Voice = _class("Voice", _MEDIA)


def write_wav(pcm, rate):
    """Return a WAV file of one channel, 16 bits a sample, of samples from -1 to 1."""
    return _p.write_wav(ids(pcm, "pcm"), rate)
