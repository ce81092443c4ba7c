#include "runtime.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "memory.h"
#include "settings.h"
#include "threads.h"

namespace emulator {
namespace {

thread_local std::unique_lock<std::mutex>* held = nullptr;

/** The context itself stays, so that no new one gets the address that threads may still hold. */
void clear(Context& context) {
    context.events.clear();
    context.modules.clear();
    context.graphs.clear();
    context.streams.clear();
}

/** PIE_EMULATOR_FAULT="cuMemAlloc_v2:5:2;kernel:3:719:1": call, which one from now, status, scope. */
void injectFromEnvironment(std::vector<Injection>& into) {
    const char* text = std::getenv("PIE_EMULATOR_FAULT");
    for (std::string rest = text ? text : ""; !rest.empty();) {
        std::string one = rest.substr(0, rest.find(';'));
        rest = one.size() == rest.size() ? "" : rest.substr(one.size() + 1);
        char call[64];
        long long nth = 1;
        int status = 0, scope = 0;
        if (std::sscanf(one.c_str(), "%63[^:]:%lld:%d:%d", call, &nth, &status, &scope) >= 3)
            into.push_back({call, nth, static_cast<Status>(status), static_cast<Injection::Scope>(scope)});
    }
}

}  // namespace

Runtime& Runtime::get() {
    static Runtime* runtime = [] {
        auto* r = new Runtime();
        injectFromEnvironment(r->injections);
        return r;
    }();
    return *runtime;
}

Context* Runtime::current() const { return threads::current(); }

Context* Runtime::create(bool isPrimary) {
    auto* context = new Context();
    context->primary = isPrimary;
    context->references = 1;
    context->legacy = std::make_shared<Stream>();
    context->legacy->context = context;
    context->legacy->blocking = true;
    contexts.insert(context);
    return context;
}

void Runtime::destroy(Context* context) {
    if (!context->sticky && !lost) drainAll(*context);
    size_t bytes = 0, device = 0, pinned = 0;
    Memory::device().each(context, [&](const Allocation& a) {
        if (a.kind == Kind::MODULE) return;
        bytes += a.bytes;
        (a.kind == Kind::DEVICE ? device : pinned)++;
    });
    std::string leaks;
    auto count = [&](size_t n, const std::string& what) {
        if (n) leaks += (leaks.empty() ? "" : ", ") + std::to_string(n) + " " + what;
    };
    count(device, "device allocations");
    count(pinned, "pinned allocations");
    if (bytes) leaks += " (" + std::to_string(bytes) + " bytes)";
    count(context->streams.size(), "streams");
    count(context->events.size(), "events");
    count(context->modules.size(), "modules");
    count(context->graphs.size(), "graphs");
    if (!leaks.empty()) finding(SUCCESS, "leak: the context was destroyed with " + leaks);
    Memory::device().releaseAllOf(context);
    contexts.erase(context);
    if (primary == context) primary = nullptr;
    clear(*context);
}

void Runtime::reset() {
    while (!contexts.empty()) {
        Context* c = *contexts.begin();
        Memory::device().releaseAllOf(c);
        contexts.erase(c);
        clear(*c);
    }
    primary = nullptr;
    lost = SUCCESS;
    initialized = false;
    injections.clear();
    injectFromEnvironment(injections);
    calls.clear();
    launches = 0;
    releases = 0;
    Memory::device().reset();
    settings.reset();
    forgetFindings();
    instructions = blocksRun = kernelNanos = 0;
    released.notify_all();
}

bool Runtime::capturing(const Context& context) const {
    if (context.legacy->capture) return true;
    for (auto& [handle, s] : context.streams)
        if (s->capture) return true;
    return false;
}

void Runtime::invalidateCaptures(Context& context) {
    for (auto& [handle, s] : context.streams)
        if (s->capture) s->capture->invalid = true;
}

Status Runtime::push(Stream& stream, Operation operation, std::shared_ptr<Launch> launch) {
    if (stream.capture) {
        if (stream.capture->invalid) return CAPTURE_INVALIDATED;
        stream.capture->graph->nodes.push_back(std::make_shared<Graph::Node>(Graph::Node{operation.name, std::move(operation.work), std::move(launch)}));
        if (&stream != stream.capture->origin) stream.unjoined = true;
        return SUCCESS;
    }
    Context& context = *stream.context;
    // the legacy stream waits for all blocking streams, and they for it
    std::vector<std::pair<std::shared_ptr<Stream>, uint64_t>> before;
    if (&stream == context.legacy.get()) {
        for (auto& [handle, s] : context.streams)
            if (s->blocking) {
                if (s->capture) {
                    s->capture->invalid = true;
                    finding(CAPTURE_IMPLICIT, operation.name + " in the legacy stream while a blocking stream captures");
                    return CAPTURE_IMPLICIT;
                }
                if (s->done < s->enqueued) before.push_back({s, s->enqueued});
            }
    } else if (stream.blocking && context.legacy->done < context.legacy->enqueued) {
        before.push_back({context.legacy, context.legacy->enqueued});
    }
    if (!before.empty())
        operation.work = [this, before = std::move(before), work = std::move(operation.work)]() -> std::optional<Fault> {
            for (auto& [s, at] : before) drain(*s, at);
            return work();
        };
    stream.pending.push_back(std::move(operation));
    stream.enqueued++;
    if (!settings.lazy) return drain(stream);
    return SUCCESS;
}

void Runtime::run(Stream& stream) {
    Context& context = *stream.context;
    Operation& first = stream.pending.front();
    while (first.hangs && releases == 0 && alive(&context)) {
        if (!held) std::abort();
        released.wait(*held);
        if (!alive(&context)) return;
    }
    std::optional<Fault> fault;
    if (first.hangs) {
        releases--;
        if (releaseStatus != SUCCESS) fault = Fault{releaseStatus, "the operation " + first.name + " hung"};
    }
    Operation operation = std::move(stream.pending.front());
    stream.pending.pop_front();
    if (!fault && context.sticky == SUCCESS) fault = operation.work();
    stream.done++;
    if (fault && fault->status != SUCCESS && context.sticky == SUCCESS) {
        context.sticky = fault->status;
        finding(fault->status, fault->message);
        auto drop = [](Stream& s) {
            s.done += s.pending.size();
            s.pending.clear();
        };
        drop(*context.legacy);
        for (auto& [handle, s] : context.streams) drop(*s);
    }
}

Status Runtime::drain(Stream& stream, uint64_t upTo) {
    auto* context = stream.context;
    while (stream.done < upTo && !stream.pending.empty()) {
        run(stream);
        if (!alive(context)) return CONTEXT_IS_DESTROYED;
    }
    return context->sticky;
}

bool Runtime::progress(Stream& stream, uint64_t upTo) {
    if (stream.done >= upTo) return true;
    if (!stream.pending.empty() && !(stream.pending.front().hangs && releases == 0)) run(stream);
    return false;
}

Status Runtime::drainAll(Context& context) {
    drain(*context.legacy);
    std::vector<std::shared_ptr<Stream>> all;
    for (auto& [handle, s] : context.streams) all.push_back(s);
    for (auto& s : all) {
        drain(*s);
        if (!alive(&context)) return CONTEXT_IS_DESTROYED;
    }
    return context.sticky;
}

std::optional<Injection> Runtime::injected(const std::string& call) {
    std::optional<Injection> due;
    for (size_t i = 0; i < injections.size();) {
        if (injections[i].call == call && --injections[i].remaining == 0) {
            due = injections[i];
            injections.erase(injections.begin() + static_cast<long>(i));
        } else {
            i++;
        }
    }
    return due;
}

void Runtime::finding(Status status, const std::string& text) {
    std::lock_guard guard(findingsLock_);
    findings_.push_back(std::to_string(status) + " " + text);
    if (settings.verbose) std::fprintf(stderr, "[emulator] %s\n", findings_.back().c_str());
}

std::vector<std::string> Runtime::findings() const {
    std::lock_guard guard(findingsLock_);
    return findings_;
}

void Runtime::forgetFindings() {
    std::lock_guard guard(findingsLock_);
    findings_.clear();
}

Call::Call(const char* name, Needs needs) : runtime(Runtime::get()), name_(name), lock_(runtime.lock) {
    held = &lock_;
    runtime.calls[name]++;
    if (needs == Needs::NOTHING) return;
    if (runtime.lost != SUCCESS) {
        status = runtime.lost;
        return;
    }
    Context* here = runtime.current();
    bool live = here && runtime.alive(here);
    if (auto i = runtime.injected(name)) {
        if (i->scope == Injection::LOST) runtime.lost = i->status;
        if (i->scope == Injection::STICKY && live) here->sticky = i->status;
        status = i->status;
        return;
    }
    bool isInit = std::strcmp(name, "cuInit") == 0;
    if (!runtime.initialized && !isInit) {
        status = refuse(NOT_INITIALIZED, "called before cuInit");
    } else if (needs == Needs::CONTEXT) {
        if (!here)
            status = refuse(INVALID_CONTEXT, "no context is current on this thread");
        else if (!live)
            status = refuse(CONTEXT_IS_DESTROYED, "the current context was destroyed");
        else if (here->sticky != SUCCESS)
            status = here->sticky;
        context = here;
    }
}

Call::~Call() { held = nullptr; }

Status Call::refuse(Status why, const std::string& text) const {
    runtime.finding(why, std::string(name_) + ": " + text);
    return why;
}

std::shared_ptr<Stream> Call::stream(void* handle) const {
    if (!handle || handle == reinterpret_cast<void*>(1)) return context->legacy;
    auto at = context->streams.find(handle);
    if (at != context->streams.end()) return at->second;
    for (Context* other : runtime.contexts)
        if (other->streams.count(handle)) {
            refuse(INVALID_CONTEXT, "the stream belongs to another context");
            return nullptr;
        }
    refuse(INVALID_HANDLE, "no such stream");
    return nullptr;
}

Status Call::unsafe(const char* what) const {
    for (auto& [handle, s] : context->streams)
        if (s->capture && (s->capture->mode == 0 || (s->capture->mode == 1 && s->capture->thread == std::this_thread::get_id()))) {
            runtime.invalidateCaptures(*context);
            return refuse(CAPTURE_UNSUPPORTED, std::string(what) + " is not permitted while a stream captures");
        }
    return SUCCESS;
}

}  // namespace emulator
