// Errors: provoke every error that a program can meet, catch each by its code, and go on as if nothing had happened.
// A failed call changes nothing: the context that was there before all of them still gives the same text after.
import java.time.Duration;
import pie.engine.PieException;
import pie.inferlet.*;

record Input(Optional<String> role) {}

record Report(Map<String, Object> caught, boolean unharmed) {}

Child child(String role, LaunchOptions options) {
    return PieRuntime.launch(PieRuntime.program(), Map.of("role", role), options);
}

String role(String name) {
    return switch (name) {
        case "fail" -> throw new IllegalStateException("no luck");
        case "wait" -> Messaging.pull(PieRuntime.instanceId());
        default -> new Context(Model.first()).appendText("Write on and on").generate(Sampler.argmax(), most(64)).collectText();
    };
}

GenerateOptions most(int n) {
    return GenerateOptions.of().maxTokens(n).stop(List.of(), List.of()).autoFlush(false);
}

void cancelled() {
    Child running = child("wait", LaunchOptions.of());
    running.cancel();
    running.result();
}

void saveTwice(Context ctx) {
    for (int i = 0; i < 2; i++) {
        ctx.save(PieRuntime.instanceId() + "/errors", SaveOptions.of().ttl(Duration.ofMinutes(1)));
    }
}

Map<String, Runnable> provocations(Model model, Context ctx) {
    var all = new LinkedHashMap<String, Runnable>();
    int[] tooLong = new int[model.info().maxContext() + 1];
    Arrays.fill(tooLong, 1);
    all.put("INVALID_ARGUMENT", () -> ctx.truncate(1 << 20));
    all.put("CONTEXT_LENGTH_EXCEEDED", () -> new Context(model).append(tooLong).flush());
    all.put("OUT_OF_PAGES", () -> new Context(model).reserveWorkingPages(1 << 20));
    all.put("PERMISSION_DENIED", () -> ctx.publish());
    all.put("NOT_FOUND", () -> Context.open(model, "nobody/has/saved/this"));
    all.put("ALREADY_EXISTS", () -> saveTwice(ctx));
    all.put("UNSUPPORTED", () -> model.speak("a word"));
    all.put("GRAMMAR_VIOLATION", () -> new Context(model)
            .generate(Sampler.argmax(), GenerateOptions.of().constrain(Schema.regex("[0-9]{4}")))
            .accept(5));
    all.put("GUEST_ERROR", () -> child("fail", LaunchOptions.of()).result());
    all.put("CANCELLED", () -> cancelled());
    all.put("BUDGET_EXHAUSTED", () -> child("write", LaunchOptions.of().tokenBudget(8)).result());
    all.put("TIMEOUT", () -> Timers.timeout(Timers.sleepAsync(Duration.ofMinutes(1)), Duration.ofMillis(10)));
    all.put("UPSTREAM_FAILURE", () -> Http.get("http://127.0.0.1:1/"));
    return all;
}

Object main(Input input) {
    if (input.role().isPresent()) {
        return role(input.role().get());
    }
    var model = Model.first();
    var ctx = new Context(model).appendText("The capital of France is");
    ctx.flush();
    int[] before = ctx.fork().generate(Sampler.argmax(), most(4)).collectTokens();
    var caught = new LinkedHashMap<String, Object>();
    provocations(model, ctx).forEach((code, provoke) -> {
        try {
            provoke.run();
            caught.put(code, "nothing happened");
        } catch (PieException e) {
            caught.put(code, List.of(e.code(), true, !e.getMessage().isEmpty()));
        }
    });
    int[] after = ctx.generate(Sampler.argmax(), most(4)).collectTokens();
    return new Report(caught, Arrays.equals(before, after));
}
