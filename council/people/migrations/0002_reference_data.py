"""Regions, industries and smart-factory levels that every installation starts with.

The 17 regions are those of 5 September 2023, with the two that came later. Codes: ISO 3166-2, the administrative code and
the statistics office's, which disagree with one another.
"""

import datetime as dt

from django.db import migrations

# slug, name, English name, short name, ISO 3166-2, administrative code, statistics code, valid from, valid to
REGIONS = [
    ("seoul", "서울특별시", "Seoul", "서울", "KR-11", "11", "11", None, None),
    ("busan", "부산광역시", "Busan", "부산", "KR-26", "26", "21", None, None),
    ("daegu", "대구광역시", "Daegu", "대구", "KR-27", "27", "22", None, None),
    ("incheon", "인천광역시", "Incheon", "인천", "KR-28", "28", "23", None, None),
    ("gwangju", "광주광역시", "Gwangju", "광주", "KR-29", "29", "24", None, dt.date(2026, 6, 30)),
    ("daejeon", "대전광역시", "Daejeon", "대전", "KR-30", "30", "25", None, None),
    ("ulsan", "울산광역시", "Ulsan", "울산", "KR-31", "31", "26", None, None),
    ("sejong", "세종특별자치시", "Sejong", "세종", "KR-50", "36", "29", None, None),
    ("gyeonggi", "경기도", "Gyeonggi", "경기", "KR-41", "41", "31", None, None),
    ("gangwon", "강원특별자치도", "Gangwon", "강원", "KR-42", "51", "32", dt.date(2023, 6, 11), None),
    ("chungbuk", "충청북도", "North Chungcheong (Chungbuk)", "충북", "KR-43", "43", "33", None, None),
    ("chungnam", "충청남도", "South Chungcheong (Chungnam)", "충남", "KR-44", "44", "34", None, None),
    ("jeonbuk", "전라북도", "North Jeolla (Jeonbuk)", "전북", "KR-45", "45", "35", None, dt.date(2024, 1, 17)),
    ("jeonnam", "전라남도", "South Jeolla (Jeonnam)", "전남", "KR-46", "46", "36", None, dt.date(2026, 6, 30)),
    ("gyeongbuk", "경상북도", "North Gyeongsang (Gyeongbuk)", "경북", "KR-47", "47", "37", None, None),
    ("gyeongnam", "경상남도", "South Gyeongsang (Gyeongnam)", "경남", "KR-48", "48", "38", None, None),
    ("jeju", "제주특별자치도", "Jeju", "제주", "KR-49", "50", "39", None, None),
    ("jeonbuk-2024", "전북특별자치도", "Jeonbuk State", "전북", "KR-45", "52", "35", dt.date(2024, 1, 18), None),
    ("jeonnam-gwangju", "전남광주통합특별시", "Jeonnam-Gwangju", "전남광주", "", "", "", dt.date(2026, 7, 1), None),
]
SUCCESSORS = {"jeonbuk": "jeonbuk-2024", "gwangju": "jeonnam-gwangju", "jeonnam": "jeonnam-gwangju"}

# KSIC division, name, English name
INDUSTRIES = [
    ("C10", "식료품 제조업", "Food products"),
    ("C11", "음료 제조업", "Beverages"),
    ("C12", "담배 제조업", "Tobacco products"),
    ("C13", "섬유제품 제조업; 의복 제외", "Textiles, except apparel"),
    ("C14", "의복, 의복 액세서리 및 모피제품 제조업", "Wearing apparel, accessories and fur articles"),
    ("C15", "가죽, 가방 및 신발 제조업", "Leather, luggage and footwear"),
    ("C16", "목재 및 나무제품 제조업; 가구 제외", "Wood and products of wood, except furniture"),
    ("C17", "펄프, 종이 및 종이제품 제조업", "Pulp, paper and paper products"),
    ("C18", "인쇄 및 기록매체 복제업", "Printing and reproduction of recorded media"),
    ("C19", "코크스, 연탄 및 석유정제품 제조업", "Coke, briquettes and refined petroleum products"),
    ("C20", "화학 물질 및 화학제품 제조업; 의약품 제외", "Chemicals and chemical products, except pharmaceuticals"),
    ("C21", "의료용 물질 및 의약품 제조업", "Pharmaceuticals and medicinal chemicals"),
    ("C22", "고무 및 플라스틱제품 제조업", "Rubber and plastics products"),
    ("C23", "비금속 광물제품 제조업", "Other non-metallic mineral products"),
    ("C24", "1차 금속 제조업", "Basic metals"),
    ("C25", "금속 가공제품 제조업; 기계 및 가구 제외", "Fabricated metal products, except machinery and furniture"),
    (
        "C26",
        "전자 부품, 컴퓨터, 영상, 음향 및 통신장비 제조업",
        "Electronic components, computers, video, audio and communication equipment",
    ),
    ("C27", "의료, 정밀, 광학 기기 및 시계 제조업", "Medical, precision and optical instruments, watches and clocks"),
    ("C28", "전기장비 제조업", "Electrical equipment"),
    ("C29", "기타 기계 및 장비 제조업", "Other machinery and equipment"),
    ("C30", "자동차 및 트레일러 제조업", "Motor vehicles and trailers"),
    ("C31", "기타 운송장비 제조업", "Other transport equipment"),
    ("C32", "가구 제조업", "Furniture"),
    ("C33", "기타 제품 제조업", "Other manufacturing"),
    ("C34", "산업용 기계 및 장비 수리업", "Maintenance and repair services of industrial machinery and equipment"),
]

# slug, scheme, step, name, English name
LEVELS = [
    ("kosmo4-none", "kosmo4", 0, "ICT 미적용", "No ICT"),
    ("kosmo4-basic", "kosmo4", 1, "기초", "Basic"),
    ("kosmo4-mid1", "kosmo4", 2, "중간1", "Intermediate 1"),
    ("kosmo4-mid2", "kosmo4", 3, "중간2", "Intermediate 2"),
    ("kosmo4-advanced", "kosmo4", 4, "고도화", "Advanced"),
    ("kosmo5-l1", "kosmo5", 1, "레벨1 (점검)", "Level 1 checking/identification"),
    ("kosmo5-l2", "kosmo5", 2, "레벨2 (모니터링)", "Level 2 monitoring/measurement"),
    ("kosmo5-l3", "kosmo5", 3, "레벨3 (제어)", "Level 3 control"),
    ("kosmo5-l4", "kosmo5", 4, "레벨4 (최적화)", "Level 4 optimisation"),
    ("kosmo5-l5", "kosmo5", 5, "레벨5 (자율)", "Level 5 autonomy"),
    ("dx2023-weak", "dx2023", 1, "역량 취약기업", "DX capability: weak"),
    ("dx2023-average", "dx2023", 2, "역량 보통기업", "DX capability: average"),
    ("dx2023-excellent", "dx2023", 3, "역량 우수기업", "DX capability: excellent"),
]


def load(apps, schema_editor):
    Region = apps.get_model("people", "Region")
    fields = [
        "slug",
        "name",
        "name_en",
        "short_name",
        "iso_code",
        "admin_code",
        "kostat_code",
        "valid_from",
        "valid_to",
    ]
    Region.objects.bulk_create(
        Region(position=position, **dict(zip(fields, row, strict=True))) for position, row in enumerate(REGIONS)
    )
    for slug, successor in SUCCESSORS.items():
        Region.objects.filter(slug=slug).update(successor=successor)
    Industry = apps.get_model("people", "Industry")
    Industry.objects.bulk_create(Industry(code=code, name=name, name_en=name_en) for code, name, name_en in INDUSTRIES)
    FactoryLevel = apps.get_model("people", "FactoryLevel")
    FactoryLevel.objects.bulk_create(
        FactoryLevel(slug=slug, scheme=scheme, ordinal=ordinal, name=name, name_en=name_en)
        for slug, scheme, ordinal, name, name_en in LEVELS
    )


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
