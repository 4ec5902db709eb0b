"""Every operation once and more, through Prism: it answers 4xx or 5xx itself where a request or an answer is not as described.

    calls.py PROXY SIMULATOR

Sends what the official Python client sends: lists as repeated keys, bodies on DELETE. Its booleans (`True`) Prism takes for texts, so
those calls go to the simulator itself.
"""
import json
import sys
import urllib.error
import urllib.request

PROXY = sys.argv[1]
DIRECT = sys.argv[2]
BUSINESS = "600000000000000001"
TOKEN = "pina_simulator"
HERE = f"/businesses/{BUSINESS}"
HIERARCHY = "/business_access/business_hierarchy/7009386637860/brand_accounts"
FRANCE, GERMANY, PROFILE, CATALOG = "549700000001", "549700000002", "666700000001", "483600000001"
BO, CY, SYSTEM = "200000000000000002", "200000000000000003", "200000000000000009"
failed = 0


def call(method, path, body=None, expect=200, base=PROXY, token=TOKEN):
    global failed
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    request = urllib.request.Request(base + path, data, headers, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            status, text = answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read().decode()
    if status != expect:
        failed += 1
        print(f"{method} {path}: {status} where {expect} was expected\n  {text[:600]}")
    return json.loads(text) if text else None


def reads():
    call("GET", "/ad_accounts?include_shared_accounts=true&page_size=1")
    call("GET", "/businesses/employers")
    for query in ["", "?fetch_system_users=true", "?business_roles=EMPLOYEE&business_roles=BIZ_ADMIN&assets_summary=true"]:
        call("GET", HERE + "/members" + query)
    page = call("GET", HERE + "/members?page_size=2")
    call("GET", HERE + "/members?page_size=2&bookmark=" + page["bookmark"])
    for side in ["INTERNAL", "EXTERNAL"]:
        call("GET", f"{HERE}/partners?partner_type={side}&assets_summary=true")
    for kind in ["AD_ACCOUNT", "PROFILE", "ASSET_GROUP", "CATALOG", "CONSUMER"]:
        call("GET", f"{HERE}/assets?asset_type={kind}&permissions=OWNER&permissions=ADMIN")
        call("GET", f"{HERE}/members/{CY}/assets?asset_type={kind}")
        call("GET", f"{HERE}/partners/700000000000000001/assets?partner_type=INTERNAL&asset_type={kind}")
    call("GET", f"{HERE}/assets/{FRANCE}/members")
    call("GET", f"{HERE}/assets/{GERMANY}/partners")
    for member in ["true", "false"]:
        call("GET", f"{HERE}/invites?is_member={member}")
    for query in ["/members?fetch_system_users=True", "/invites?is_member=False", "/partners?assets_summary=True"]:
        call("GET", HERE + query, base=DIRECT)
    call("GET", f"{HERE}/invites?invite_status=PENDING&invite_status=EXPIRED&invite_type=MEMBER_INVITE")


def life():
    sent = call("POST", HERE + "/invites", {
        "invite_type": "MEMBER_INVITE", "business_role": "EMPLOYEE", "members": ["gus@acme.example", "bo@acme.example"],
    })
    invite = sent["items"][0]["invite"]["id"]
    call("POST", HERE + "/invites/assets/access", {"invites": [{
        "invite_id": invite, "invite_type": "MEMBER_INVITE", "asset_id_to_permissions": {FRANCE: ["ANALYST"]},
    }]})
    call("DELETE", HERE + "/invites", {"invite_ids": [invite, "380000000000000002"]})
    call("POST", HERE + "/invites", {
        "invite_type": "PARTNER_REQUEST", "business_role": "PARTNER", "partners": ["700000000000000008"],
    })
    call("PATCH", "/businesses/invites", {"invites": [{
        "invite_id": "380000000000000005",
        "action": {"accept_invite": True, "asset_id_to_permissions": {FRANCE: ["ANALYST"]}},
    }]})
    call("POST", HERE + "/requests/assets/access", {"asset_requests": [
        {"partner_id": "700000000000000003", "asset_id_to_permissions": {"549700000077": ["ANALYST"]}},
        {"partner_id": "700000000000000009", "asset_id_to_permissions": {"549700000078": ["ANALYST"]}},
    ]})
    call("PATCH", HERE + "/members", [{"member_id": CY, "business_role": "BIZ_ADMIN"}])
    accesses = [{"asset_id": FRANCE, "member_id": CY, "permissions": ["ADMIN"]}]
    call("PATCH", HERE + "/members/assets/access", {"accesses": accesses})
    call("DELETE", HERE + "/members/assets/access", {"accesses": [{"asset_id": FRANCE, "member_id": CY}]})
    partner = {"asset_id": FRANCE, "partner_id": "700000000000000001"}
    call("PATCH", HERE + "/partners/assets", {"accesses": [{**partner, "permissions": ["ANALYST"]}]})
    call("DELETE", HERE + "/partners/assets", {"accesses": [partner]})
    group = call("POST", HERE + "/asset_groups", {
        "asset_group_name": "APAC", "asset_group_description": "all of APAC", "asset_group_types": ["BRAND"],
    })["asset_group"]["id"]
    call("PATCH", HERE + "/asset_groups", {"asset_groups_to_update": [
        {"asset_group_id": group, "name": "Asia", "assets_to_add": [FRANCE, PROFILE], "assets_to_remove": [CATALOG]},
        {"asset_group_id": "1", "name": "nobody's"},
    ]})
    call("GET", f"{HERE}/assets?asset_type=ASSET_GROUP&child_asset_id={FRANCE}")
    call("DELETE", HERE + "/asset_groups", {"asset_groups_to_delete": [group, "1"]})
    call("DELETE", HERE + "/members", {"members": [{"member_id": BO, "business_role": "EMPLOYEE"}]})
    call("DELETE", HERE + "/partners", {"partner_ids": ["700000000000000002"], "partner_type": "INTERNAL"})
    call("PATCH", f"{HERE}/system_users/{SYSTEM}", {"name": "Billing API"})
    brand = call("POST", HIERARCHY, {"name": "Canada", "username": "acme_ca", "country": "CA"})["brand_account_id"]
    call("PATCH", f"{HIERARCHY}/{brand}", {"about": "Stores in Canada"})


def refusals():
    call("GET", "/businesses/1/members", expect=403)
    call("GET", HERE + "/members", expect=401, token="wrong")
    call("DELETE", HERE + "/partners", {"partner_ids": ["1"]}, expect=404)
    call("GET", HERE + "/members?bookmark=nonsense", expect=400)
    call("PATCH", f"{HIERARCHY}/{BUSINESS}", {"about": "x"}, expect=409)


reads()
life()
refusals()
print("every call went through" if not failed else f"{failed} calls failed")
sys.exit(bool(failed))
