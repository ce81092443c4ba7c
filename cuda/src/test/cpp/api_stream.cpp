// Driver API: streams and events.
#include <chrono>

#include "api.h"

using namespace emulator;

namespace {

double now() { return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

Status create(Call& call, void** handle, unsigned flags, int priority) {
    if (flags > 1) return INVALID_VALUE;
    auto s = std::make_shared<Stream>();
    s->context = call.context;
    s->blocking = flags == 0;
    s->priority = priority;
    call.context->streams[s.get()] = s;
    *handle = s.get();
    return SUCCESS;
}

Event* eventOf(const Call& call, void* handle) {
    auto at = call.context->events.find(handle);
    if (at != call.context->events.end()) return at->second.get();
    for (Context* other : call.runtime.contexts)
        if (other->events.count(handle)) {
            call.refuse(INVALID_CONTEXT, "the event belongs to another context");
            return nullptr;
        }
    call.refuse(INVALID_HANDLE, "no such event");
    return nullptr;
}

Status record(Call& call, void* handle, void* streamHandle) {
    Event* e = eventOf(call, handle);
    auto stream = call.stream(streamHandle);
    if (!e || !stream) return INVALID_HANDLE;
    e->captured.reset();
    if (stream->capture) {
        e->captured = stream->capture;
        e->stream = stream;
        e->recorded = true;
        return stream->capture->invalid ? CAPTURE_INVALIDATED : SUCCESS;
    }
    auto millis = e->millis;
    Status s = call.runtime.push(*stream, {"event", [millis]() -> std::optional<Fault> {
                                               *millis = now();
                                               return std::nullopt;
                                           }});
    e->stream = stream;
    e->at = stream->enqueued;
    e->recorded = true;
    return s;
}

}  // namespace

extern "C" {

int cuStreamCreate(void** stream, unsigned flags) {
    ENTER(Needs::CONTEXT);
    return create(call, stream, flags, 0);
}
int cuStreamCreateWithPriority(void** stream, unsigned flags, int priority) {
    ENTER(Needs::CONTEXT);
    return create(call, stream, flags, priority);
}
int cuStreamDestroy_v2(void* handle) {
    ENTER(Needs::CONTEXT);
    auto s = call.stream(handle);
    if (!s || s == call.context->legacy) return INVALID_HANDLE;
    Status status = call.runtime.drain(*s);
    s->destroyed = true;
    call.context->streams.erase(handle);
    return status;
}
int cuStreamSynchronize(void* handle) {
    ENTER(Needs::CONTEXT);
    auto s = call.stream(handle);
    if (!s) return INVALID_HANDLE;
    if (s->capture) {
        s->capture->invalid = true;
        return call.refuse(CAPTURE_UNSUPPORTED, "waiting for a stream that captures");
    }
    return call.runtime.drain(*s);
}
int cuStreamQuery(void* handle) {
    ENTER(Needs::CONTEXT);
    auto s = call.stream(handle);
    if (!s) return INVALID_HANDLE;
    if (s->capture) {
        s->capture->invalid = true;
        return call.refuse(CAPTURE_UNSUPPORTED, "querying a stream that captures");
    }
    bool done = call.runtime.progress(*s, s->enqueued);
    if (call.context->sticky) return call.context->sticky;
    return done ? SUCCESS : NOT_READY;
}
int cuStreamGetPriority(void* handle, int* priority) {
    ENTER(Needs::CONTEXT);
    auto s = call.stream(handle);
    if (!s) return INVALID_HANDLE;
    *priority = s->priority;
    return SUCCESS;
}
int cuStreamGetFlags(void* handle, unsigned* flags) {
    ENTER(Needs::CONTEXT);
    auto s = call.stream(handle);
    if (!s) return INVALID_HANDLE;
    *flags = s->blocking ? 0 : 1;
    return SUCCESS;
}
int cuStreamGetCtx(void* handle, void** context) {
    ENTER(Needs::CONTEXT);
    if (!call.stream(handle)) return INVALID_HANDLE;
    *context = call.context;
    return SUCCESS;
}
int cuStreamWaitEvent(void* handle, void* eventHandle, unsigned) {
    ENTER(Needs::CONTEXT);
    auto s = call.stream(handle);
    Event* e = eventOf(call, eventHandle);
    if (!s || !e) return INVALID_HANDLE;
    if (!e->recorded) return SUCCESS;
    if (auto capture = e->captured.lock()) {
        if (s->capture && s->capture != capture) {
            capture->invalid = s->capture->invalid = true;
            return call.refuse(static_cast<Status>(902), "the stream captures another graph");
        }
        s->capture = capture;  // the stream joins the capture
        capture->streams.insert(s.get());
        if (s.get() != capture->origin)
            s->unjoined = true;
        e->stream->unjoined = false;
        return SUCCESS;
    }
    if (s->capture) {
        s->capture->invalid = true;
        return call.refuse(CAPTURE_ISOLATION, "a captured stream waits for an event outside of the capture");
    }
    auto other = e->stream;
    uint64_t at = e->at;
    Runtime* runtime = &call.runtime;
    if (other->done >= at) return SUCCESS;
    return call.runtime.push(*s, {"wait for an event", [other, at, runtime]() -> std::optional<Fault> {
                                      runtime->drain(*other, at);
                                      return std::nullopt;
                                  }});
}

// ---- events
int cuEventCreate(void** handle, unsigned flags) {
    ENTER(Needs::CONTEXT);
    auto e = std::make_unique<Event>();
    e->context = call.context;
    e->timed = (flags & 2) == 0;
    *handle = e.get();
    call.context->events[e.get()] = std::move(e);
    return SUCCESS;
}
int cuEventDestroy_v2(void* handle) {
    ENTER(Needs::CONTEXT);
    if (!eventOf(call, handle)) return INVALID_HANDLE;
    call.context->events.erase(handle);
    return SUCCESS;
}
int cuEventRecord(void* event, void* stream) {
    ENTER(Needs::CONTEXT);
    return record(call, event, stream);
}
int cuEventRecordWithFlags(void* event, void* stream, unsigned) {
    ENTER(Needs::CONTEXT);
    return record(call, event, stream);
}
int cuEventQuery(void* handle) {
    ENTER(Needs::CONTEXT);
    Event* e = eventOf(call, handle);
    if (!e) return INVALID_HANDLE;
    if (auto capture = e->captured.lock()) {
        capture->invalid = true;
        return call.refuse(CAPTURED_EVENT, "the event was recorded in a capture");
    }
    if (!e->recorded) return SUCCESS;
    bool done = call.runtime.progress(*e->stream, e->at);
    if (call.context->sticky) return call.context->sticky;
    return done ? SUCCESS : NOT_READY;
}
int cuEventSynchronize(void* handle) {
    ENTER(Needs::CONTEXT);
    Event* e = eventOf(call, handle);
    if (!e) return INVALID_HANDLE;
    if (auto capture = e->captured.lock()) {
        capture->invalid = true;
        return call.refuse(CAPTURED_EVENT, "the event was recorded in a capture");
    }
    auto stream = e->stream;
    return e->recorded ? call.runtime.drain(*stream, e->at) : SUCCESS;
}
int cuEventElapsedTime(float* millis, void* from, void* to) {
    ENTER(Needs::CONTEXT);
    Event *a = eventOf(call, from), *b = eventOf(call, to);
    if (!a || !b) return INVALID_HANDLE;
    if (!a->timed || !b->timed || !a->recorded || !b->recorded) return call.refuse(INVALID_HANDLE, "an event without a time");
    if (a->stream->done < a->at || b->stream->done < b->at) return NOT_READY;
    *millis = static_cast<float>(*b->millis - *a->millis);
    return SUCCESS;
}

}  // extern "C"
