// Pipeline: processes that hand work to each other. Workers pull jobs from a queue and broadcast what they found.
// A job goes to exactly one worker, a broadcast to all who listen; messages stay inside the engine and in order.
import pie.inferlet.*;

record Input(Optional<String> role, String jobs, String results, Optional<Integer> messages, Optional<Integer> workers) {}

record Report(int messages, int tokens, boolean both_heard_the_same, int workers, int done) {}

int work(String jobs, String results) {
    var tokenizer = Model.first().tokenizer();
    int done = 0;
    for (String text = Messaging.pull(jobs); !text.isEmpty(); text = Messaging.pull(jobs)) {
        Messaging.broadcast(results, tokenizer.encode(text).length + " " + text);
        done++;
    }
    return done;
}

List<String> collect(Subscription listener, int n) {
    var found = new ArrayList<String>();
    while (found.size() < n) {
        found.add(listener.next().orElseThrow());
    }
    return found;
}

Object main(Input input) {
    if (input.role().isPresent()) {
        return work(input.jobs(), input.results());
    }
    int n = input.messages().orElse(200);
    String jobs = PieRuntime.instanceId() + "/jobs";
    String results = PieRuntime.instanceId() + "/results";
    try (Subscription first = Messaging.subscribe(results);
            Subscription second = Messaging.subscribe(results)) {
        var ask = Map.of("role", "worker", "jobs", jobs, "results", results);
        var children = new ArrayList<Child>();
        for (int i = 0; i < input.workers().orElse(2); i++) {
            children.add(PieRuntime.launch(PieRuntime.program(), ask));
        }
        for (int i = 0; i < n; i++) {
            Messaging.push(jobs, "message number " + i);
        }
        children.forEach(child -> Messaging.push(jobs, "")); // one end for each worker
        List<String> one = collect(first, n);
        List<String> other = collect(second, n);
        int tokens = one.stream().mapToInt(found -> Integer.parseInt(found.split(" ")[0])).sum();
        int done = children.stream().mapToInt(child -> Integer.parseInt(child.result())).sum();
        return new Report(new HashSet<>(one).size(), tokens, one.equals(other), children.size(), done);
    }
}
