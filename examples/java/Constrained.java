// Constrained decoding: a record by JSON Schema, a date by regex, a choice by EBNF, and a letter filled in from all three.
// What the model may not say is masked before it draws, so that nothing has to be asked twice: `attempts_without` counts how
// often an unconstrained model has to be asked until its answer parses.
import pie.engine.PieException;
import pie.inferlet.*;

record Input(Optional<Integer> tries) {}

static final String PERSON =
        """
        {"type": "object", "required": ["name", "age"], "properties": {
            "name": {"type": "string", "minLength": 2, "maxLength": 12},
            "age": {"type": "integer", "minimum": 18, "maximum": 99}}}
        """;
static final String MOOD = "root ::= (\"glad\" | \"sorry\" | \"eager\") (\"!\" | \".\")";

Integer unconstrained(Context ask, int tries) {
    for (int attempt = 1; attempt <= tries; attempt++) {
        try (Context ctx = ask.fork()) {
            Sampler sampler = Sampler.topP(0.8, 0.95).seed(attempt);
            String text = ctx.generate(sampler, GenerateOptions.of().maxTokens(24)).collectText();
            if (Json.parse(text, "answer") instanceof Map) {
                return attempt;
            }
        } catch (PieException notJson) {
            // ask again
        }
    }
    return null;
}

Object main(Input input) {
    var model = Model.first();
    var ask = new Context(model).user("Invent a person. Answer with JSON that has the keys name and age.").cue();
    ask.flush();
    var person = (Map<?, ?>) ask.fork().generate(Sampler.argmax(), GenerateOptions.of().maxTokens(40)).collectJson(PERSON);
    String date = new Context(model)
            .user("Name a date in the form year-month-day.")
            .generate(
                    Sampler.argmax(),
                    GenerateOptions.of()
                            .constrain(Schema.regex("20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9])"))
                            .maxTokens(16))
            .collectText();
    String mood = new Context(model)
            .user("How do you feel about meeting someone new? One word.")
            .generate(Sampler.argmax(), GenerateOptions.of().constrain(Schema.ebnf(MOOD)).maxTokens(8))
            .collectText();
    var report = new LinkedHashMap<String, Object>();
    report.put("person", person);
    report.put("letter", "Dear %s (%s), we are %s to meet you on %s"
            .formatted(person.get("name"), person.get("age"), mood.replaceAll("[!.]$", ""), date));
    report.put("attempts_without", unconstrained(ask, input.tries().orElse(3)));
    return report;
}
