"""With whom one logs in to the demo."""

PASSWORD = "council-demo-2023"  # noqa: S105 - the demo's password is meant to be known

# e-mail, who that is
ACCOUNTS = [
    ("secretary@council.example", "간사: 의견을 분류하고 결과를 공개합니다 · secretary: triages and publishes"),
    ("officer@council.example", "부처 담당: 이유를 갖추어 답합니다 · ministry office: answers with reasons"),
    ("supplier@council.example", "공급기업: 의견을 냅니다 · supplier: gives opinions"),
    ("adopter@council.example", "도입기업: 의견을 냅니다 · adopter: gives opinions"),
    ("tp@council.example", "테크노파크 · Techno Park coordinator"),
    ("local@council.example", "지방자치단체 · local government"),
    ("two@council.example", "두 기관의 위원 · sits for two organisations"),
    ("chair@council.example", "의장 · chair"),
    ("expired@council.example", "임기가 끝난 위원 · a member whose term is over"),
    ("stranger@council.example", "위원이 아닌 사람 · an account without a seat"),
    ("admin@council.example", "운영자: /admin/ · operator of the back office"),
]
