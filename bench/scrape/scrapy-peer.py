"""A crawl of one site with Scrapy.   scrapy-peer.py URL CONNECTIONS"""
import logging
import sys
from urllib.parse import urlsplit

from scrapy import Spider
from scrapy.crawler import CrawlerProcess
from scrapy.http import HtmlResponse

URL, CONNECTIONS = sys.argv[1], int(sys.argv[2])


class Site(Spider):
    name = "site"
    start_urls = [URL]
    allowed_domains = [urlsplit(URL).hostname]

    def parse(self, response):
        if isinstance(response, HtmlResponse):
            yield {"url": response.url, "title": response.css("title::text").get()}
            yield from response.follow_all(css="a", callback=self.parse)


logging.disable(logging.WARNING)
crawl = CrawlerProcess(
    {
        "CONCURRENT_REQUESTS": CONNECTIONS,
        "CONCURRENT_REQUESTS_PER_DOMAIN": CONNECTIONS,
        "ROBOTSTXT_OBEY": True,
        "COOKIES_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "LOG_ENABLED": False,
    }
)
crawl.crawl(Site)
crawl.start()
