"""Typed input and output: an order comes in as JSON, its total goes out, and who worked it out.

Data classes check what comes in; a result may be a dict, a list, a number or a text, and goes out as JSON.
"""

from dataclasses import asdict, dataclass

from inferlet import runtime


@dataclass
class Line:
    item: str
    count: int
    price: float


@dataclass
class Receipt:
    customer: str
    items: int
    total: float
    express: bool
    version: str
    process: str
    program: str
    user: str


def main(input):
    lines = [Line(**line) for line in input.get("lines", [{"item": "tea", "count": 2, "price": 3.5}])]
    express = input.get("express", False)
    total = sum(line.count * line.price for line in lines) + (5 if express else 0)
    return asdict(
        Receipt(
            customer=input.get("customer", "nobody"),
            items=sum(line.count for line in lines),
            total=round(total, 2),
            express=express,
            version=runtime.version(),
            process=runtime.instance_id(),
            program=runtime.program(),
            user=runtime.username(),
        )
    )
