"""Let urllib.request ask through the host. Imported with it."""

import email.message
import io
import sys
import urllib.error
import urllib.response

import _pie as _p

# It is still being imported, so that its package does not know it yet.
_request_module = sys.modules["urllib.request"]


class _Handler(_request_module.BaseHandler):
    handler_order = 100

    def http_open(self, req):
        from . import errors
        from .http import Response, _request

        headers = {**req.unredirected_hdrs, **req.headers}
        timeout = req.timeout if isinstance(req.timeout, (int, float)) else None
        try:
            head = Response._of(_p.http_fetch_now(*_request(req.full_url, req.get_method(), headers, req.data), timeout))
            body = _p.http_rest_now(head._h, timeout)
        except errors.UpstreamError as e:
            raise urllib.error.URLError(str(e)) from e
        message = email.message.Message()
        for name, value in head.headers.items():
            message[name] = value
        response = urllib.response.addinfourl(io.BytesIO(body), message, head.url, head.status)
        response.msg = ""
        return response

    https_open = http_open


_request_module.install_opener(_request_module.build_opener(_Handler))
