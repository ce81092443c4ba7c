"""Parts of the interface that this server does not offer: they exist, and say so when they are called."""

import sys
import types

import _pie as _p

from ._values import ids, later

_MEDIA = "no loaded model takes or makes media"


def _class(name, why, methods=()):
    refuse = later(name, why)
    body = {"__init__": refuse, "__doc__": f"Not offered: {why}."}
    body.update({m: staticmethod(later(f"{name}.{m}", why)) for m in methods})
    return type(name, (), body)


def _module(name, why, functions, **more):
    full = __package__ + "." + name
    module = types.ModuleType(full, f"Not offered: {why}.")
    for f in functions:
        setattr(module, f, later(f"{name}.{f}", why))
    for key, value in more.items():
        setattr(module, key, value)
    sys.modules[full] = module
    return module


Schema = type("Schema", (), {"__doc__": "Protocol of things with build_constraint(model)."})
Constraint = type("Constraint", (), {"__doc__": "Protocol of things with step(accepted)."})
Speculator = type("Speculator", (), {"__doc__": "Protocol of things with draft() and accept(tokens)."})
Image = _class("Image", _MEDIA, ("from_bytes",))
Audio = _class("Audio", _MEDIA, ("from_bytes",))
Video = _class("Video", _MEDIA, ("from_bytes",))
Speech = _class("Speech", _MEDIA)
SpeechBuilder = _class("SpeechBuilder", _MEDIA)
Voice = _class("Voice", _MEDIA)


def write_wav(pcm, rate):
    """Return a WAV file of one channel, 16 bits a sample, of samples from -1 to 1."""
    return _p.write_wav(ids(pcm, "pcm"), rate)


spec = _module("spec", "", (), Speculator=Speculator)
spec.__doc__ = "Protocol of drafters."

