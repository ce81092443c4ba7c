"""One program in three languages: Python asks, JavaScript draws answers, Java finds the one that most agree with.

`ctx` goes to JavaScript by reference: its forks share the pages that hold the question. The ids come back as plain lists, and Java
compares each pair of them at full speed. Run the folder: `pie run examples/mixed -- --n 5`.
"""

from inferlet import Context, Model, polyglot, runtime

draw = polyglot.load("draw.js")
compare = polyglot.load("Compare.java")


def main(input):
    model = Model.load(runtime.models()[0])
    ctx = Context(model)
    ctx.user(input.get("prompt", "Name one large animal of the sea."))
    answers = draw.answers(ctx, input.get("n", 4), input.get("max_tokens", 24))
    found = compare.medoid([answer["ids"] for answer in answers])
    return {"answer": answers[found["index"]]["text"], "distance": found["distance"], "answers": [a["text"] for a in answers]}
