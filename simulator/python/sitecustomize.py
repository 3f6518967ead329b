"""PYTHONPATH=<this folder> python app.py: what a program asks of DingTalk's hosts by HTTPS goes to the simulator at
DINGTALK_SIMULATOR (http://127.0.0.1:3100). For requests, urllib3, http.client and all that stand on ssl's plain sockets.
"""

import os
import re
import socket
import ssl
from urllib.parse import urlsplit

_dingtalk = re.compile(r"(^|\.)dingtalk\.com$", re.IGNORECASE)
_there = urlsplit(os.environ.get("DINGTALK_SIMULATOR", "http://127.0.0.1:3100"))
_look_up = socket.getaddrinfo
_wrap = ssl.SSLContext.wrap_socket


def _is_dingtalk(host):
    return bool(_dingtalk.search(host.decode() if isinstance(host, bytes) else host or ""))


def _getaddrinfo(host, port, *given, **named):
    if _is_dingtalk(host):
        host, port = _there.hostname, _there.port or 80
    return _look_up(host, port, *given, **named)


def _wrap_socket(self, sock, *given, **named):
    return sock if _is_dingtalk(named.get("server_hostname")) else _wrap(self, sock, *given, **named)


socket.getaddrinfo = _getaddrinfo
ssl.SSLContext.wrap_socket = _wrap_socket
