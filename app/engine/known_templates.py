"""The chat templates whose text was read and tried: they may run in this process."""

from __future__ import annotations

from hashlib import sha256

CHATML = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
"""Used where a file has no template of its own: most chat models were trained on something like it."""
TURN_END = "<|im_end|>"
"""What ends a turn in it."""

COMPLETION = "{% for message in messages %}{{ message['content'] }}{% endfor %}"
"""Leaves a text as it is, for models that continue what they read."""

_DIGESTS = """
02e91795d2270374161c7063c9b1d084 039a4710e2aabaa79e85a233fa3daa4f 156dd2c74e961f059aca24cc7b5a34f8
1d35a24a2a63cc600c0cab43628a6df4 2294f49b51a0b9a1b0194add3f124237 2fc9dbfaea552f864b4b8cdf9d17401e
304f0d64aa3ba30ee85c281befdeb0e5 31b50c917746ef1c2611c2fef122d3eb 3a7cb642bf35cb4106cd3895147d8fcd
3f9e0dc4adeb8032287d0129dc75b629 4027d478e682204ecc53bb42cd604023 43a92aacc2e169bb37055e4d8b0df31e
444819b8ad4612870827ac05b9147fe9 52ae8e50fa083e63a0a5726eeffc8550 53b9683b3653cec369829a4e6b27e1be
546b04dba74993efae8f9da3ba08e29f 55b2f4a26ac9ee719330a61a0c39d9e5 5c7c96c27cfecf3418411d1ebd0d11d6
5f259f602c593bdc4ee6f461bd3d6ebb 6cd0e94d9b489fdb9a000743791f20e7 6d65c8804847ad74eea912dd7eca3dc1
78d976a442bcde2f0be15aafbb8e3050 84437b9746423f042920c15289ac84d4 86bc625842f60e1a5a8a3a9fc0dd3c97
86c78150a71c4c5b597cb8571c0d48b9 872be49dbb638044ad01b60388f48d46 87a2728cb8dc9fe424d624542f6060ec
8b6f730567ea3e0a994ce80ac79c18a4 93c0e9aa3629bbd77e68dbc0f5621f6e 94c6035b4f0eb905c95e2b7d8dace854
9524df67b77a7b25a2dfee898f75b316 a30b8c4531dda19196f35fb95ab84110 a3e05b110e2d1ccf5373f2d2a09f8e2e
a4aee8afcf2e0711942cf848899be660 a4c9919cbbd4acdd51ccffe22da04926 aa9ef691d4049f109496f3ce9e2bd022
aab20feb9bc6881f941ea649356130ff b4ab3a1c8f748e6f874d9aea102333ef bbbf2de800b645dfe032b1d85e1d6479
bbe594884b44d740667ee65a70bc8d33 c2e6220e74d32601bc99eeba3ce6caf6 c56d1f3ab70881b0e2ed8f51fa6de435
c64086c5feaef448e1b94da54bf01833 c88f16f22024c5c5975a275b1168a711 cbc1d50f777ec029b33f53b23d7a224c
cc60b553279347d83df761f5dc55b4b2 ce62e308475b364e1fc76699dccbddeb d0657ba05651bd2134160e7a9fbe40f1
d63ad536c3c81880043e22ec7fd08db4 d82792f95932f1c9cef5c4bd992f1712 d8366efb9f07c571da620ce6a924594f
d990bccdaaa20611e261434bf60bce76 d9f5f351b276cf9e81d009db08830db7 dadad29ff28c38064a91d928e758992e
dd2675619a64a449cdcdd2b93e605a0a dea688e9f24a339a0d2504f6840852ad df900edd2fcee5defc268bee887666c4
e0d5e227f0aedba8bc36d9173d4f814b e1790d8fbe1c587e6fc385e2a712363f e6e2ddfb13f8aef529a869e362f74743
e70723034f0928096207d99b2ec46789 e7deee034838db2bfc7487788a3013d8 e7fa3f870aabfc1c9cadf448926fee2b
eae48a3307931acb10a6fce475a36b71 ecd6ae513fe103f0eb62e8ab5bfa8d0f f05bf4b967dc993bdc7a2fe6e43759ee
f0c33f4b63ef8403f3dd16e109174402 f8b442fab67e75b3aa468334b5cdda67 fed2756d2d24e127b951dcf139d0b03a
"""
"""The first half of each text's SHA-256: LFM2 and LFM2.5, SmolLM2, and the families in llama.cpp's collection
(`models/templates` of the commit in llama-cpp-python 0.3.36)."""


_KNOWN = frozenset(_DIGESTS.split())


def is_known(source: str) -> bool:
    """Whether a template is one of these, or the common one."""
    return (
        source in (CHATML, COMPLETION)
        or sha256(source.strip().encode("utf-8", "replace")).hexdigest()[:32] in _KNOWN
    )
