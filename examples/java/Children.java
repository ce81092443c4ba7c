// Children: start other programs from a program, wait for them, cancel them, and hear how they failed.
// A child has its parent's user and permissions and a share of its budget; here every child is this program again in another role.
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import pie.engine.PieException;
import pie.inferlet.*;

record Input(Optional<String> role, String text, String topic, Optional<Integer> children, Optional<Integer> depth, Optional<Integer> mib) {}

Child start(String role, Map<String, ?> more) {
    var input = new HashMap<String, Object>(more);
    input.put("role", role);
    return PieRuntime.launch(PieRuntime.program(), input);
}

String failure(Supplier<?> wait) {
    try {
        return "none: " + wait.get();
    } catch (PieException e) {
        return e.code() + ": " + e.getMessage();
    }
}

Object role(String name, Input input) {
    return switch (name) {
        case "echo" -> input.text();
        case "fail" -> throw new IllegalStateException(input.text());
        case "wait" -> Messaging.pull(PieRuntime.instanceId());
        case "nest" -> {
            int depth = input.depth().orElse(1);
            yield depth > 1 ? 1 + Integer.parseInt(start("nest", Map.of("depth", depth - 1)).result()) : 1;
        }
        case "user" -> PieRuntime.username();
        default -> {
            Messaging.push(input.topic(), "told");
            yield "";
        }
    };
}

Object main(Input input) {
    if (input.role().isPresent()) {
        return role(input.role().get(), input);
    }
    var many = new ArrayList<CompletableFuture<String>>();
    for (int i = 0; i < input.children().orElse(100); i++) {
        many.add(start("echo", Map.of("text", "" + i)).resultAsync());
    }
    int sum = many.stream().mapToInt(child -> Integer.parseInt(child.join())).sum();
    String payload = "ä🙂 x\n".repeat(input.mib().orElse(8) * (1 << 20) / 9);
    String echoed = start("echo", Map.of("text", payload)).result();
    String lines = IntStream.range(0, 1000).mapToObj(i -> "line " + i + " ✓").collect(Collectors.joining("\n"));
    String topic = PieRuntime.instanceId() + "/told";
    start("tell", Map.of("topic", topic)); // nobody waits for it: it runs on by itself
    String told = Messaging.pull(topic);
    Child slow = start("wait", Map.of());
    String late = failure(() -> Timers.timeout(slow.resultAsync(), Duration.ofMillis(50)));
    slow.cancel();
    Child flying = start("wait", Map.of());
    flying.cancel();
    Child ended = start("echo", Map.of("text", "done"));
    ended.result();
    ended.cancel(); // no effect
    var report = new LinkedHashMap<String, Object>();
    report.put("sum", sum);
    report.put("nested", Integer.parseInt(start("nest", Map.of("depth", input.depth().orElse(10))).result()));
    report.put("payload_intact", echoed.equals(payload));
    report.put("lines_intact", start("echo", Map.of("text", lines)).result().equals(lines));
    report.put("failed", failure(start("fail", Map.of("text", "no luck ✗"))::result));
    report.put("pid", flying.pid());
    report.put("same_user", start("user", Map.of()).result().equals(PieRuntime.username()));
    report.put("detached", told);
    report.put("late", late.split(":")[0]);
    report.put("cancelled", List.of(failure(slow::result), failure(flying::result)));
    report.put("cancelled_after_its_end", ended.poll());
    report.put("bad_name", failure(() -> PieRuntime.launch("no version", Map.of())).split(":")[0]);
    report.put("missing", failure(() -> PieRuntime.launch("nobody@9.9.9", Map.of()).result()).split(":")[0]);
    return report;
}
