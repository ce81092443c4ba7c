// Persistent conversation: each launch is one turn. The context is saved at the end and goes on in a later process.
// It survives the end of the engine, so a conversation may wait for days at no cost; its old turns are not computed again.
import java.time.Duration;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.inferlet.*;

record Input(Optional<String> name, Optional<String> text, Optional<Integer> max_tokens, Optional<Integer> days, boolean forget) {}

record Report(String answer, int known_before, int tokens, long computed, double kept_days, List<String> talks) {}

record Forgotten(List<String> talks) {}

Context open(Model model, String name) {
    try {
        return Context.open(model, name);
    } catch (PieException e) {
        if (e.code() != ErrorCode.NOT_FOUND) {
            throw e;
        }
        return new Context(model);
    }
}

List<String> talks(Model model) {
    return Contexts.list(model, "talks/").stream().map(SnapshotRecord::name).toList();
}

Object main(Input input) {
    var model = Model.first();
    String name = "talks/" + input.name().orElse("anna");
    if (input.forget()) {
        Context.delete(model, name);
        return new Forgotten(talks(model));
    }
    var ctx = open(model, name);
    int known = ctx.tokens().length;
    if (known == 0) {
        ctx.system("You are a patient teacher. Answer in one sentence.");
    }
    ctx.user(input.text().orElse("What is a star?"));
    String answer = ctx.generate(Sampler.argmax(), GenerateOptions.of().maxTokens(input.max_tokens().orElse(24))).collectText();
    ctx.save(name, SaveOptions.of().overwrite(true).ttl(Duration.ofDays(input.days().orElse(7))));
    SnapshotRecord talk = Contexts.info(model, name);
    double days = Duration.between(talk.created(), talk.expires().get()).toSeconds() / 86400.0;
    return new Report(answer.strip(), known, talk.tokens(), PieRuntime.stats().tokensIn(), days, talks(model));
}
