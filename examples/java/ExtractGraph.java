// Extraction to a graph: one relation per sentence, all sentences at once, under a schema made of the names in the text.
// The engine computes the prompts while the program looks for the names; the graph is made in the program, and only it leaves.
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import pie.inferlet.*;

record Input(Optional<String> text, List<String> verbs) {}

record Report(Collection<String> names, List<Map<?, ?>> edges, Map<String, Collection<String>> reachable) {}

static final String TEXT =
        "Ada wrote a letter to Charles. Charles built a machine in London. Mary taught Ada. Charles met Mary.";
static final List<String> VERBS = List.of("wrote to", "built", "taught", "met");

Collection<String> reachable(List<Map<?, ?>> edges, String start) {
    var seen = new TreeSet<String>();
    var todo = new ArrayDeque<>(List.of(start));
    while (!todo.isEmpty()) {
        String name = todo.pop();
        if (seen.add(name)) {
            edges.stream().filter(edge -> edge.get("from").equals(name)).forEach(edge -> todo.push((String) edge.get("to")));
        }
    }
    seen.remove(start);
    return seen;
}

List<String> all(String pattern, String text) {
    var found = new ArrayList<String>();
    var matcher = Pattern.compile(pattern).matcher(text);
    while (matcher.find()) {
        found.add(matcher.group());
    }
    return found;
}

Report main(Input input) {
    String text = input.text().orElse(TEXT);
    var base = new Context(Model.first()).system("You extract relations between names as JSON.");
    base.flush();
    var prompts = all("[^.]+\\.", text).stream()
            .map(sentence -> base.fork().user("Which relation does this sentence tell? " + sentence.strip()).cue())
            .toList();
    var prefills = prompts.stream().map(Context::flushAsync).toList(); // on their way; what follows runs beside them
    var names = new TreeSet<>(all("\\b[A-Z][a-z]+\\b", text));
    var properties = new LinkedHashMap<String, Object>();
    properties.put("from", Map.of("enum", List.copyOf(names)));
    properties.put("verb", Map.of("enum", input.verbs() == null || input.verbs().isEmpty() ? VERBS : input.verbs()));
    properties.put("to", Map.of("enum", List.copyOf(names)));
    var schema = Schema.json(Map.of("type", "object", "required", List.of("from", "verb", "to"), "properties", properties));

    prefills.forEach(CompletableFuture::join);
    var options = GenerateOptions.of().maxTokens(48).constrain(schema);
    var running = prompts.stream().map(ctx -> ctx.generate(Sampler.argmax(), options).collectTextAsync()).toList();
    var edges = new ArrayList<Map<?, ?>>();
    for (var relation : running) {
        edges.add((Map<?, ?>) Json.parse(relation.join(), "relation"));
    }
    var graph = new LinkedHashMap<String, Collection<String>>();
    names.forEach(name -> graph.put(name, reachable(edges, name)));
    return new Report(names, edges, graph);
}
