record Input(Optional<String> name) {}

record Greeting(String greeting) {}

Greeting main(Input input) {
    String name = input.name().orElse("world");
    IO.println("about to greet " + name);
    return new Greeting("Hello, " + name + "!");
}
