// HTTP client: ask other hosts from inside the engine, several at once, streamed, and only where the operator allows it.
// Hosts need a permission: `pie run --allow network=example.com WebClient.java -- --url http://example.com`.
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.inferlet.*;

record Input(String url, Optional<Integer> concurrent) {}

record Report(
        List<Object> redirected,
        Object posted,
        int streamed,
        List<String> pages,
        Object missing,
        List<Boolean> private_refused) {}

boolean refused(String url) {
    try {
        Http.get(url);
        return false;
    } catch (PieException e) {
        return e.code() == ErrorCode.PERMISSION_DENIED;
    }
}

Object status(String url) {
    try {
        Http.get(url);
        return 200;
    } catch (PieException e) {
        return e.details().get("status");
    }
}

Report main(Input input) {
    String url = input.url();
    Response moved = Http.fetch(url + "/moved");
    Object posted = Http.fetch(url + "/echo", FetchOptions.of().method("POST").json(Map.of("n", 1)).header("X-Mark", "m")).json();
    int streamed = 0;
    Response stream = Http.fetch(url + "/stream");
    for (var piece = stream.next(); piece.isPresent(); piece = stream.next()) {
        streamed += piece.get().length;
    }
    var running = new ArrayList<CompletableFuture<byte[]>>();
    for (int n = 0; n < input.concurrent().orElse(8); n++) {
        running.add(Http.getAsync(url + "/page?n=" + n, FetchOptions.of()));
    }
    var pages = running.stream().map(page -> new String(page.join(), StandardCharsets.UTF_8)).toList();
    var refused = Stream.of("http://10.0.0.1/", "http://169.254.169.254/latest", url + "/inside").map(this::refused).toList();
    boolean redirected = !moved.url().endsWith("/moved");
    return new Report(
            List.of(moved.status(), redirected, moved.text()), posted, streamed, pages, status(url + "/missing"), refused);
}
