def main(input):
    name = input.get("name", "world")
    print("about to greet", name)
    return {"greeting": f"Hello, {name}!"}
