"""pyftpdlib with explicit TLS.   pyftpdlib-peer.py PORT HOME USER PASSWORD PEM"""
import logging
import sys

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.servers import FTPServer

port, home, user, password, pem = sys.argv[1:]
logging.basicConfig(level=logging.ERROR)
try:
    from pyftpdlib.handlers import TLS_FTPHandler as handler

    handler.certfile = pem
except ImportError:
    from pyftpdlib.handlers import FTPHandler as handler
handler.authorizer = DummyAuthorizer()
handler.authorizer.add_user(user, password, home, perm="elradfmwMT")
handler.auth_failed_timeout = 0
handler.use_sendfile = True
server = FTPServer(("127.0.0.1", int(port)), handler, backlog=512)
server.max_cons = 2000
server.max_cons_per_ip = 0
server.serve_forever()
