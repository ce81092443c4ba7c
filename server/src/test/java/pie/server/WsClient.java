package pie.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.value.Value;
import pie.server.programs.ProgramStore;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Speak MessagePack over a WebSocket, with a library that is not the server's. */
final class WsClient implements AutoCloseable, WebSocket.Listener {
    private final HttpClient http = HttpClient.newHttpClient();
    private final BlockingDeque<JsonNode> received = new LinkedBlockingDeque<>();
    final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final ByteArrayOutputStream parts = new ByteArrayOutputStream();
    private final StringBuilder text = new StringBuilder();
    final WebSocket socket;
    private long corrId;

    WsClient(URI server, String path, Map<String, String> headers) {
        WebSocket.Builder builder = http.newWebSocketBuilder();
        headers.forEach(builder::header);
        socket = builder.buildAsync(URI.create("ws://" + server.getAuthority() + path), this)
                .join();
    }

    /** Send a request and return its answer; events that come meanwhile stay queued for {@link #next}. */
    JsonNode ask(String type, Object... fields) {
        long id = send(type, fields);
        Deque<JsonNode> others = new ArrayDeque<>();
        while (true) {
            JsonNode message = next();
            if (message.path("type").asString().equals("response")
                    && message.path("corr_id").asLong() == id) {
                others.descendingIterator().forEachRemaining(received::addFirst);
                return message;
            }
            others.add(message);
        }
    }

    /** Install a program in one chunk, and return the answer. */
    JsonNode install(String manifest, boolean force, String code) {
        byte[] bytes = code.getBytes(StandardCharsets.UTF_8);
        return ask(
                "add_program",
                "program_hash",
                ProgramStore.hash(bytes),
                "manifest",
                manifest,
                "force_overwrite",
                force,
                "chunk_index",
                0,
                "total_chunks",
                1,
                "chunk_data",
                bytes);
    }

    long send(String type, Object... fields) {
        var map = new LinkedHashMap<String, Object>();
        map.put("type", type);
        map.put("corr_id", ++corrId);
        for (int i = 0; i < fields.length; i += 2) {
            map.put(String.valueOf(fields[i]), fields[i + 1]);
        }
        raw(pack(map));
        return corrId;
    }

    void raw(byte[] frame) {
        socket.sendBinary(ByteBuffer.wrap(frame), true).join();
    }

    static byte[] pack(Map<String, Object> map) {
        try (MessageBufferPacker out = MessagePack.newDefaultBufferPacker()) {
            out.packMapHeader(map.size());
            for (Map.Entry<String, Object> each : map.entrySet()) {
                out.packString(each.getKey());
                switch (each.getValue()) {
                    case String s -> out.packString(s);
                    case Long n -> out.packLong(n);
                    case Integer n -> out.packInt(n);
                    case Boolean b -> out.packBoolean(b);
                    case byte[] b -> {
                        out.packBinaryHeader(b.length);
                        out.writePayload(b);
                    }
                    default -> throw new IllegalArgumentException();
                }
            }
            return out.toByteArray();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Wait for the next message. */
    JsonNode next() {
        try {
            JsonNode message = received.poll(60, TimeUnit.SECONDS);
            if (message == null) {
                throw new AssertionError("no message within a minute");
            }
            return message;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        parts.writeBytes(bytes);
        if (last) {
            try (var in = MessagePack.newDefaultUnpacker(parts.toByteArray())) {
                Value value = in.unpackValue();
                received.add(JsonMapper.shared().readTree(value.toJson()));
            } catch (IOException e) {
                closed.completeExceptionally(e);
            }
            parts.reset();
        }
        from.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            received.add(JsonMapper.shared().readTree(text.toString()));
            text.setLength(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        closed.complete(code);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        closed.completeExceptionally(error);
    }

    @Override
    public void close() {
        socket.abort();
        http.shutdownNow();
    }
}
