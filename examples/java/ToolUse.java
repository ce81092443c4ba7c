// Tool use: methods become tools, the model chooses one and its arguments, and the call's result goes back into the text.
// A model with a form of its own for calls is held to that form; any other one to a schema made from the tools. Servers of the
// Model Context Protocol are asked in the same way.
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.inferlet.*;

record Request(String server, String tool, Map<String, Object> arguments) {}

record Input(Optional<String> question, Optional<Integer> max_tokens, List<Request> mcp) {}

record Reply(Object text, boolean failed) {}

record Report(
        String tool, Object arguments, Object result, String answer, ErrorCode bad_arguments, List<Reply> servers) {}

enum City { Oslo, Rome }

enum Country { Norway, Italy }

@Tool("Tell the temperature in a city.")
int temperature(City city) {
    return city == City.Oslo ? 3 : 21;
}

@Tool("Tell the capital of a country.")
String capital(Country country) {
    return country == Country.Norway ? "Oslo" : "Rome";
}

final Map<String, ToolFunction> tools = new LinkedHashMap<>();

// A name and its arguments.
List<Object> choose(Model model, Context ctx) {
    var all = List.copyOf(tools.values());
    var matcher = Tools.nativeMatcher(model, all);
    if (matcher.isPresent()) {
        var options = GenerateOptions.of().maxTokens(96).constrain(new GrammarConstraint(matcher.get()));
        var call = Tools.parseCall(model, ctx.generate(Sampler.argmax(), options).collectTokens()).orElseThrow();
        return List.of(call.name(), Json.parse(call.args(), "arguments"));
    }
    var forms = all.stream()
            .map(tool -> Map.of(
                    "type", "object",
                    "required", List.of("name", "arguments"),
                    "properties", new TreeMap<>(Map.of("name", Map.of("enum", List.of(tool.name())), "arguments", tool.schema())).descendingMap()))
            .toList();
    var call = (Map<?, ?>) ctx.generate(Sampler.argmax(), GenerateOptions.of().maxTokens(64)).collectJson(Map.of("anyOf", forms));
    return List.of(call.get("name"), call.get("arguments"));
}

Reply ask(Request request) {
    try (McpSession server = Mcp.connect(request.server())) {
        var arguments = request.arguments() == null ? Map.of() : request.arguments();
        var reply = (Map<?, ?>) Json.parse(server.callTool(request.tool(), arguments), "reply");
        var content = (Map<?, ?>) ((List<?>) reply.get("content")).getFirst();
        return new Reply(content.get("text"), Boolean.TRUE.equals(reply.get("isError")));
    } catch (PieException e) {
        if (e.code() != ErrorCode.NOT_FOUND) {
            throw e;
        }
        return new Reply(e.code(), true);
    }
}

ErrorCode refused(ToolFunction tool, String arguments) {
    try {
        throw new IllegalStateException("called with " + arguments + ": " + tool.call(arguments));
    } catch (PieException e) {
        return e.code();
    }
}

Report main(Input input) {
    for (ToolFunction tool : Tools.of(this)) {
        tools.put(tool.name(), tool);
    }
    var model = Model.first();
    var ctx = new Context(model);
    if (Tools.supported(model)) {
        ctx.equip(List.copyOf(tools.values()));
    } else {
        ctx.system("You may call: temperature: Tell the temperature in a city.; capital: Tell the capital of a country.");
    }
    ctx.user(input.question().orElse("How warm is it in Rome?"));
    var call = choose(model, ctx);
    String name = (String) call.get(0);
    Object result;
    try (IdleScope idle = ctx.idle()) { // pages that others may have while the tool runs
        result = tools.get(name).call(call.get(1));
    }
    if (Tools.supported(model)) {
        ctx.answer(name, result);
    } else {
        ctx.user(name + " says " + result + ". Tell me in one sentence.");
    }
    String answer = ctx.generate(Sampler.argmax(), GenerateOptions.of().maxTokens(input.max_tokens().orElse(24))).collectText();
    var servers = input.mcp() == null ? List.<Reply>of() : input.mcp().stream().map(this::ask).toList();
    return new Report(name, call.get(1), result, answer.strip(), refused(tools.get("capital"), "{\"country\": 7}"), servers);
}
