// Driver API: stream capture and graphs.
#include <algorithm>
#include <cstring>

#include "api.h"

using namespace emulator;

namespace {

/** CUDA_KERNEL_NODE_PARAMS_v2 */
struct KernelNode {
    void* function;
    unsigned grid[3], block[3];
    unsigned dynamicShared;
    void** parameters;
    void** extra;
    void* kernel;
    void* context;
};

Graph* graphOf(const Call& call, void* handle, bool instantiated) {
    auto at = call.context->graphs.find(handle);
    if (at != call.context->graphs.end() && at->second->instantiated == instantiated) return at->second.get();
    call.refuse(INVALID_HANDLE, instantiated ? "no such executable graph" : "no such graph");
    return nullptr;
}

void endCapture(Capture& capture) {
    for (Stream* s : capture.streams) {
        s->capture.reset();
        s->unjoined = false;
    }
}

Status instantiate(Call& call, void** handle, void* graphHandle) {
    Graph* g = graphOf(call, graphHandle, false);
    if (!g) return INVALID_VALUE;
    auto copy = std::make_unique<Graph>();
    copy->context = call.context;
    copy->instantiated = true;
    for (auto& n : g->nodes) copy->nodes.push_back(n->launch ? std::make_shared<Graph::Node>(*n) : n);
    *handle = copy.get();
    call.context->graphs[copy.get()] = std::move(copy);
    return SUCCESS;
}

Work launchOf(const std::shared_ptr<Launch>& launch) {
    return [launch]() { return execute(*launch); };
}

}  // namespace

extern "C" {

int cuStreamBeginCapture_v2(void* handle, int mode) {
    ENTER(Needs::CONTEXT);
    auto s = call.stream(handle);
    if (!s) return INVALID_HANDLE;
    if (s == call.context->legacy) return call.refuse(CAPTURE_UNSUPPORTED, "the legacy stream cannot capture");
    if (s->capture) return call.refuse(ILLEGAL_STATE, "the stream captures already");
    auto g = std::make_unique<Graph>();
    g->context = call.context;
    s->capture = std::make_shared<Capture>();
    s->capture->graph = g.get();
    s->capture->origin = s.get();
    s->capture->mode = mode;
    s->capture->thread = std::this_thread::get_id();
    s->capture->streams.insert(s.get());
    call.context->graphs[g.get()] = std::move(g);
    return SUCCESS;
}
int cuStreamEndCapture(void* handle, void** graph) {
    ENTER(Needs::CONTEXT);
    auto s = call.stream(handle);
    if (!s) return INVALID_HANDLE;
    *graph = nullptr;
    auto capture = s->capture;
    if (!capture) return call.refuse(ILLEGAL_STATE, "the stream does not capture");
    if (capture->origin != s.get()) return call.refuse(CAPTURE_UNMATCHED, "the capture began in another stream");
    if (capture->mode != 2 && capture->thread != std::this_thread::get_id()) return call.refuse(CAPTURE_WRONG_THREAD, "the capture began on another thread");
    bool unjoined = std::any_of(capture->streams.begin(), capture->streams.end(), [](Stream* x) { return x->unjoined; });
    endCapture(*capture);
    if (capture->invalid || unjoined) {
        call.context->graphs.erase(capture->graph);
        return capture->invalid ? call.refuse(CAPTURE_INVALIDATED, "the capture was spoilt") : call.refuse(CAPTURE_UNJOINED, "a stream of the capture was not joined");
    }
    *graph = capture->graph;
    return SUCCESS;
}
int cuStreamIsCapturing(void* handle, int* status) {
    ENTER(Needs::CONTEXT);
    auto s = call.stream(handle);
    if (!s) return INVALID_HANDLE;
    *status = !s->capture ? 0 : s->capture->invalid ? 2 : 1;
    return SUCCESS;
}
int cuThreadExchangeStreamCaptureMode(int* mode) {
    static thread_local int current = 0;
    std::swap(*mode, current);
    return SUCCESS;
}

int cuGraphCreate(void** graph, unsigned) {
    ENTER(Needs::CONTEXT);
    auto g = std::make_unique<Graph>();
    g->context = call.context;
    *graph = g.get();
    call.context->graphs[g.get()] = std::move(g);
    return SUCCESS;
}
int cuGraphInstantiateWithFlags(void** executable, void* graph, unsigned long long) {
    ENTER(Needs::CONTEXT);
    return instantiate(call, executable, graph);
}
int cuGraphInstantiate_v2(void** executable, void* graph, void**, char*, size_t) {
    ENTER(Needs::CONTEXT);
    return instantiate(call, executable, graph);
}
int cuGraphUpload(void* executable, void* stream) {
    ENTER(Needs::CONTEXT);
    return graphOf(call, executable, true) && call.stream(stream) ? SUCCESS : INVALID_HANDLE;
}
int cuGraphLaunch(void* executable, void* handle) {
    ENTER(Needs::CONTEXT);
    Graph* g = graphOf(call, executable, true);
    auto s = call.stream(handle);
    if (!g || !s) return INVALID_HANDLE;
    Runtime* runtime = &call.runtime;
    for (auto& node : g->nodes) {
        Work work = node->work;
        // a later update of the executable graph must not reach launches before it
        if (node->launch) {
            auto frozen = std::make_shared<Launch>(*node->launch);
            runtime->launches++;
            work = [frozen, runtime]() -> std::optional<Fault> {
                if (auto i = runtime->injected("kernel")) {
                    if (i->scope == Injection::LOST) runtime->lost = i->status;
                    return Fault{i->status, "injected in " + frozen->program->name};
                }
                return execute(*frozen);
            };
        }
        Operation operation{node->name, std::move(work)};
        if (node->launch) operation.hangs = runtime->injected("hang").has_value();
        if (Status status = runtime->push(*s, std::move(operation))) return status;
    }
    return SUCCESS;
}
int cuGraphDestroy(void* graph) {
    ENTER(Needs::CONTEXT);
    if (!graphOf(call, graph, false)) return INVALID_VALUE;
    call.context->graphs.erase(graph);
    return SUCCESS;
}
int cuGraphExecDestroy(void* executable) {
    ENTER(Needs::CONTEXT);
    if (!graphOf(call, executable, true)) return INVALID_VALUE;
    call.context->graphs.erase(executable);
    return SUCCESS;
}

// ---- nodes, by their place
int cuGraphGetNodes(void* graph, void** nodes, size_t* count) {
    ENTER(Needs::CONTEXT);
    Graph* g = graphOf(call, graph, false);
    if (!g) return INVALID_VALUE;
    if (nodes)
        for (size_t i = 0; i < std::min(*count, g->nodes.size()); i++) nodes[i] = g->nodes[i].get();
    *count = g->nodes.size();
    return SUCCESS;
}
int cuGraphNodeGetType(void* node, int* type) {
    ENTER(Needs::CONTEXT);
    auto* n = static_cast<Graph::Node*>(node);
    *type = n->launch ? 0 : n->name.find("cuMemcpy") == 0 ? 1 : n->name.find("cuMemset") == 0 ? 2 : 5;
    return SUCCESS;
}
int cuGraphExecKernelNodeSetParams_v2(void* executable, void* node, const KernelNode* to) {
    ENTER(Needs::CONTEXT);
    Graph* g = graphOf(call, executable, true);
    if (!g) return INVALID_VALUE;
    // the node is one of the graph that was instantiated: find its place
    for (auto& [handle, other] : call.context->graphs)
        for (size_t i = 0; !other->instantiated && i < other->nodes.size(); i++)
            if (other->nodes[i].get() == node && i < g->nodes.size() && g->nodes[i]->launch) {
                auto launch = std::make_shared<Launch>(*g->nodes[i]->launch);
                std::copy(to->grid, to->grid + 3, launch->grid);
                std::copy(to->block, to->block + 3, launch->block);
                launch->dynamicShared = to->dynamicShared;
                const auto& parameters = launch->program->parameters;
                if (to->parameters)
                    for (size_t p = 0; p < parameters.size(); p++) std::memcpy(launch->parameters.data() + parameters[p].offset, to->parameters[p], parameters[p].bytes);
                g->nodes[i]->launch = launch;
                g->nodes[i]->work = launchOf(launch);
                return SUCCESS;
            }
    return call.refuse(INVALID_VALUE, "no kernel node of this graph");
}
/** CUgraphExecUpdateResultInfo: the result first */
int cuGraphExecUpdate_v2(void* executable, void* graph, int* info) {
    ENTER(Needs::CONTEXT);
    Graph *to = graphOf(call, executable, true), *from = graphOf(call, graph, false);
    if (!to || !from) return INVALID_VALUE;
    bool same = to->nodes.size() == from->nodes.size();
    for (size_t i = 0; same && i < to->nodes.size(); i++) {
        auto &a = to->nodes[i], &b = from->nodes[i];
        same = a->name == b->name && !a->launch == !b->launch && (!a->launch || a->launch->program == b->launch->program);
    }
    *info = same ? 0 : 2;  // topology changed
    if (!same) return GRAPH_EXEC_UPDATE_FAILURE;
    for (size_t i = 0; i < to->nodes.size(); i++) to->nodes[i] = from->nodes[i]->launch ? std::make_shared<Graph::Node>(*from->nodes[i]) : from->nodes[i];
    return SUCCESS;
}

}  // extern "C"
