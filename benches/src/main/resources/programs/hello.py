from inferlet import session


async def main(input):
    session.send("up")
    return {"n": input["n"]}
