// Action loop: the model writes arithmetic, the program evaluates it and feeds the value back, until the model answers.
// Each action is held to a JSON schema. On the last step the schema is replaced by one that allows nothing but an answer, so the
// loop always ends with one. The code never leaves the engine, and the conversation is computed once.
import pie.inferlet.*;

record Input(Optional<String> question, Optional<Integer> steps) {}

record Report(Object answer, List<Map<String, Object>> trace, long tokens_in) {}

static final String CALCULATE = """
        {"type": "object", "required": ["action", "code"], "properties": {
            "action": {"enum": ["calculate"]},
            "code": {"type": "string", "pattern": "^[0-9]{1,3}( [-+*] [0-9]{1,3}){1,2}$"}}}""";
static final String ANSWER = """
        {"type": "object", "required": ["action", "value"], "properties": {
            "action": {"enum": ["answer"]},
            "value": {"type": "integer", "minimum": -9999, "maximum": 999999}}}""";
static final String STEP = "{\"anyOf\": [" + CALCULATE + ", " + ANSWER + "]}";

int product(String term) {
    return Arrays.stream(term.split(" \\* ")).mapToInt(Integer::parseInt).reduce(1, (a, b) -> a * b);
}

int evaluate(String code) {
    int sum = 0;
    for (String term : code.split(" (?=[-+] )")) {
        sum += switch (term.charAt(0)) {
            case '-' -> -product(term.substring(2));
            case '+' -> product(term.substring(2));
            default -> product(term);
        };
    }
    return sum;
}

@SuppressWarnings("unchecked")
Map<String, Object> act(Context ctx, String schema) {
    return (Map<String, Object>) ctx.generate(Sampler.argmax(), GenerateOptions.of().maxTokens(64)).collectJson(schema);
}

Report main(Input input) {
    int steps = input.steps().orElse(3);
    var ctx = new Context(Model.first());
    ctx.system("Solve the problem step by step. Each step is a JSON action: calculate some code, or answer with a value.");
    ctx.user(input.question().orElse("A box holds 12 eggs. How many eggs are in 7 boxes and 5 single ones?"));
    var trace = new ArrayList<Map<String, Object>>();
    for (int step = 1; ; step++) {
        var action = new LinkedHashMap<>(act(ctx, step == steps ? ANSWER : step == 1 ? CALCULATE : STEP));
        trace.add(action);
        if (action.get("action").equals("answer")) {
            return new Report(action.get("value"), trace, PieRuntime.stats().tokensIn());
        }
        int result = evaluate((String) action.get("code"));
        action.put("result", result);
        ctx.user(action.get("code") + " = " + result);
    }
}
