"""Names for the demo's people: the same login always gets the same plausible Chinese name."""

from hashlib import sha256

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
_FIRST = "建文志晓海雪春玉丽国明永秀俊德家思慧立婉振清世芳光月宏敏子红"
_SECOND = "华军平英伟强梅兰杰涛琴燕峰辉霞洁鹏宁波琳斌玲刚萍勇娟超艳林云龙静民颖东瑶生然诚怡"


def demo_name(login: str) -> str:
    """A name of two or three characters drawn from the login alone; not any real person's."""
    digest = sha256(login.encode()).digest()
    surname = _SURNAMES[int.from_bytes(digest[:4]) % len(_SURNAMES)]
    second = _SECOND[int.from_bytes(digest[8:12]) % len(_SECOND)]
    if digest[12] % 6 == 0:
        return surname + second
    return surname + _FIRST[int.from_bytes(digest[4:8]) % len(_FIRST)] + second
