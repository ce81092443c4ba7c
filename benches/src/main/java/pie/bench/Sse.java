package pie.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Post a request and read the {@code data:} lines of its event stream as they come. */
final class Sse {
    /** Take one event; false ends reading. */
    interface Reader {
        boolean event(JsonNode data);
    }

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private Sse() {}

    /** Post a request and return its whole answer. @throws IOException for a status other than 2xx */
    static JsonNode postWhole(URI url, Object body) throws IOException, InterruptedException {
        return whole(HttpRequest.newBuilder(url)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body))));
    }

    /** @throws IOException for a status other than 2xx */
    static JsonNode get(URI url) throws IOException, InterruptedException {
        return whole(HttpRequest.newBuilder(url));
    }

    private static JsonNode whole(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2) {
            throw new IOException("status " + response.statusCode() + ": " + response.body());
        }
        return JSON.readTree(response.body());
    }

    /** Return the nanoTime at which the head of the answer was there. @throws IOException for a status other than 2xx */
    static long post(URI url, Optional<String> token, Object body, Reader reader)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(url)
                .header("Content-Type", "application/json")
                .header("Accept", "text/event-stream")
                .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)));
        token.ifPresent(t -> request.header("Authorization", "Bearer " + t));
        HttpResponse<InputStream> response = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        long accepted = System.nanoTime();
        try (InputStream in = response.body();
                var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            if (response.statusCode() / 100 != 2) {
                throw new IOException("status " + response.statusCode() + ": " + lines.readLine());
            }
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("data:")
                        && !line.endsWith("[DONE]")
                        && !reader.event(JSON.readTree(line.substring(5)))) {
                    break;
                }
            }
        }
        return accepted;
    }
}
