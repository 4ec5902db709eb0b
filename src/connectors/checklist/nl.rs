//! Dutch.
//!
//! Terms of Pinterest's Dutch help centre where it has them (‘Zakelijke toegang’, the six permissions), else translated.

use super::language::{Kind, Recipe, Recipes, Texts};

pub(super) static TEXTS: Texts = Texts {
    code: "nl",
    name: "Nederlands",
    spacing: &[("stap {", "stap\u{a0}{"), ("stappen {", "stappen\u{a0}{")],

    and: " en ",
    quoted: "‘{name}’",
    id: "ID {id}",
    business_id: "bedrijfs-ID {id}",
    created_in: "gemaakt in stap {step}",
    nobody: "iemand zonder naam",
    ending: "{principal}: {rights}",

    heading: "Wijzigingen in de toegang op Pinterest: {business}",
    facts: &[
        "**Bedrijf:** {business}",
        "**Plan:** {plan}",
        "**Berekend voor:** {as_of}",
        "**Aantal stappen:** {count}",
        "{only_manual}",
    ],
    only_manual: "Alleen de stappen die accord niet zelf kan uitvoeren, staan hier.",
    before_heading: "Voordat je begint",
    before: &[
        "Log bij Pinterest in met een account dat in dit bedrijf de rol **Manager** heeft.",
        "Open het menu linksboven en kies onder **Bedrijf** de optie **Zakelijke toegang** (ook **Business Manager** genoemd). Elke \
         stap begint daar.",
        "Controleer of daar het bedrijf {business} staat.",
        "Houd de volgorde van de stappen aan, zodat niemand tussendoor toegang kwijtraakt die moet blijven.",
        "De teksten op knoppen veranderen soms. Het gaat om het resultaat dat onder ‘Daarna controleren’ staat.",
    ],
    ticking_heading: "Zo vink je af",
    ticking: &[
        "`[x]`: gedaan.",
        "`[ ]`: niet gedaan.",
        "`[!]`: kon niet worden gedaan. Schrijf aan het eind van dezelfde regel, achter `-->`, waarom niet.",
        "Laat de verborgen opmerkingen met het woord `accord` ongewijzigd: ze geven aan om welke stap het gaat.",
        "Zet je eigen opmerkingen op aparte regels.",
        "Geef dit bestand terug aan accord, dat daarna opnieuw naar het bedrijf kijkt.",
    ],
    steps_heading: "Stappen",
    no_steps: "Er hoeft niets met de hand te worden gedaan.",

    after_one: "Na stap {steps}.",
    after_many: "Na de stappen {steps}.",
    after_accord: "Wacht tot accord {operations} heeft uitgevoerd.",
    care_admin: "**Let op:** deze stap geeft beheerdersrechten. Vergelijk de naam en de ID nog een keer voordat je opslaat.",
    care_billing: "**Let op:** deze stap geeft rechten op de facturering.",
    care_irreversible: "**Let op:** accord kan deze stap niet zelf ongedaan maken.",
    afterwards: "**Daarna controleren:** {check}",
    why: "**Reden:** {why}",
    written: "gevraagd in {places}",
    written_because: "{reasons} (gevraagd in {places})",
    unwritten: "geen regel van de toegangsrepository vraagt erom",
    unwritten_near: "geen regel van de toegangsrepository vraagt erom; de dichtstbijzijnde is {place}",
    ended: "de laatste dag was {until} ({place})",
    undoes: "maakt {operation} van het plan {plan} ongedaan",

    employees: "Medewerkers",
    partners: "Partners",
    inbound: "zij toegang hebben tot onze assets",
    outbound: "wij toegang hebben tot hun assets",

    words: &[
        ("EMPLOYEE", "Medewerker"),
        ("BIZ_ADMIN", "Manager"),
        ("ADMIN", "Beheerder"),
        ("ANALYST", "Analist"),
        ("FINANCE_MANAGER", "Financiën"),
        ("FINANCE_EDIT", "Financiën (bewerken)"),
        ("FINANCE_VIEW", "Financiën (bekijken)"),
        ("AUDIENCE_MANAGER", "Doelgroep"),
        ("CAMPAIGN_MANAGER", "Campagne"),
        ("CATALOGS_MANAGER", "Catalogi"),
        ("CATALOGS_VIEWER", "Catalogi (bekijken)"),
        ("PROFILE_PUBLISHER", "Uitgever"),
        ("CONSUMER_USER", "Consumentgebruiker"),
        ("BIZ_PINNER_LIST_SHARER", "Doelgroepen delen"),
        ("OWNER", "Eigenaar"),
        ("SOS_READER", "SOS (lezen)"),
        ("RESTRICTED_OWNER", "Eigenaar met beperkingen"),
        ("PROFILE_MANAGER", "Profielmanager"),
        ("RESOURCE_PINNER_LIST_OWNER", "Eigenaar van doelgroep"),
        ("RESOURCE_PINNER_LIST_READER", "Doelgroep (lezen)"),
        ("RESOURCE_CONVERSION_TAGS_READER", "Conversietags (lezen)"),
        ("BRAND", "Merk"),
        ("LOCATION_OR_LANGUAGE", "Locatie of taal"),
        ("PRODUCT_LINE", "Productlijn"),
        ("OTHER", "Overig"),
    ],
    kinds: &[
        Kind { word: "AD_ACCOUNT", title: "advertentieaccount", section: "Advertentieaccounts" },
        Kind { word: "PROFILE", title: "profiel", section: "Profielen" },
        Kind { word: "CATALOG", title: "catalogus", section: "Catalogi" },
        Kind { word: "ASSET_GROUP", title: "assetgroep", section: "Assetgroepen" },
        Kind { word: "CONSUMER", title: "consument", section: "Assets" },
    ],
    recipes: RECIPES,
};

const RECIPES: Recipes = Recipes {
    create_group: Recipe {
        title: "Maak de assetgroep {what}",
        how: &[
            "Klik in het menu links op **Assetgroepen** en daarna op **Assetgroep maken**.",
            "Vul de naam {what} in.",
            "Vul de beschrijving {description} in.",
            "Kies het type {types}.",
            "Klik op **Maken** en laat de groep leeg: die wordt in andere stappen gevuld.",
            "Als je de ID van de groep ziet (bijvoorbeeld in de adresbalk), noteer die dan achter `ID:` op de regel met het vakje.",
        ],
        check: "de groep staat in de lijst en is leeg.",
    },
    add_to_group: Recipe {
        title: "Voeg {what} toe aan de assetgroep {into}",
        how: &[
            "Klik op **Assetgroepen** en selecteer {group}.",
            "Klik op het potloodpictogram, daarna op **Assets toevoegen**, en open **{section}**.",
            "Selecteer {asset} en sla op.",
        ],
        check: "{what} staat bij de assets van de groep. Wie rechten op de groep heeft, heeft er nu toegang toe.",
    },
    remove_from_group: Recipe {
        title: "Haal {what} uit de assetgroep {into}",
        how: &[
            "Klik op **Assetgroepen** en selecteer {group}.",
            "Klik op het potloodpictogram en open **{section}**.",
            "Klik op het prullenbakpictogram naast {asset}, bevestig met **Verwijderen** en sla op.",
        ],
        check: "{what} staat niet meer bij de assets van de groep.",
    },
    delete_group: Recipe {
        title: "Verwijder de assetgroep {what}",
        how: &[
            "Klik op **Assetgroepen** en selecteer {asset}.",
            "Controleer of er niets anders in de groep zit dan: {contents}",
            "Controleer of dit de enige rechten op de groep zijn, want ze vervallen met de groep: {grants}",
            "Klik op het prullenbakpictogram en bevestig met **Verwijderen**.",
        ],
        check: "{what} staat niet meer in de lijst. De assets die erin zaten, bestaan nog.",
    },
    invite_member: Recipe {
        title: "Nodig {who} uit met de rol {role}",
        how: &[
            "Klik op **Medewerkers** en daarna op **Medewerker toevoegen**.",
            "Kies de rol **{role}**.",
            "Vul {address} in en klik op **Medewerkers toevoegen**.",
            "Als Pinterest vraagt om machtigingen toe te wijzen, wijs dan toe wat hieronder staat en niets anders. Klik op **Misschien \
             later** als er hieronder niets staat.",
            "Toe te wijzen: {grants}",
        ],
        check: "{who} staat in de lijst met een openstaande uitnodiging. De toegang begint zodra de uitnodiging is geaccepteerd; daarvoor \
                is een zakelijk Pinterest-account nodig.",
    },
    invite_partner: Recipe {
        title: "Nodig {who} uit als partner",
        how: &[
            "Klik op **Partners** en daarna op **Partner toevoegen**.",
            "Vul de bedrijfs-ID {address} in.",
            "Kies **Een partner uitnodigen voor toegang tot je assets**.",
            "Als Pinterest vraagt om machtigingen toe te wijzen, wijs dan toe wat hieronder staat en niets anders. Klik op **Misschien \
             later** als er hieronder niets staat.",
            "Toe te wijzen: {grants}",
        ],
        check: "{principal} staat in de lijst met een openstaande uitnodiging, onder de naam die je verwacht. De toegang begint zodra de \
                uitnodiging is geaccepteerd.",
    },
    request_partner: Recipe {
        title: "Vraag {who} om toegang tot hun assets",
        how: &[
            "Klik op **Partners** en daarna op **Partner toevoegen**.",
            "Vul de bedrijfs-ID {address} in.",
            "Kies **Toegang vragen tot de assets van je partner**.",
            "Vraag wat hieronder staat en niets anders, en klik op **Verzoek verzenden**.",
            "Te vragen: {grants}",
        ],
        check: "het verzoek aan {principal} staat open. De toegang begint zodra de partner het accepteert.",
    },
    attach_grants: Recipe {
        title: "Stel de machtigingen in de openstaande uitnodiging van {who} in",
        how: &[
            "Klik op **{people}** en selecteer {principal} bij de openstaande uitnodigingen.",
            "Haal weg: {dropped}",
            "Wijs precies dit toe: {grants}",
            "Sla op. Als de console een openstaande uitnodiging niet laat wijzigen, markeer deze stap dan met `[!]`.",
        ],
        check: "de openstaande uitnodiging toont deze machtigingen en geen andere.",
    },
    accept_inbound: Recipe {
        title: "Accepteer het verzoek van {who} om toegang tot onze assets",
        how: &[
            "Klik op **Partners** en zoek het verzoek van {principal} bij de openstaande.",
            "Controleer of de bedrijfs-ID {address} is.",
            "Laat alleen staan wat hieronder staat, wat er ook gevraagd is, en accepteer.",
            "Te geven: {grants}",
        ],
        check: "{principal} staat bij de partners met toegang tot onze assets, en heeft wat hierboven staat en niets anders.",
    },
    accept_outbound: Recipe {
        title: "Accepteer de toegang tot hun assets die {who} aanbiedt",
        how: &[
            "Klik op **Partners** en zoek de uitnodiging van {principal} bij de openstaande.",
            "Controleer of de bedrijfs-ID {address} is, en accepteer.",
        ],
        check: "{principal} staat bij de partners die assets met ons delen.",
    },
    cancel_invite: Recipe {
        title: "Trek de openstaande uitnodiging van {who} in",
        how: &[
            "Klik op **{people}** en zoek {principal} bij de openstaande uitnodigingen.",
            "Klik op het prullenbakpictogram naast de naam en bevestig met **Uitnodiging intrekken**.",
        ],
        check: "{who} staat niet meer bij de openstaande uitnodigingen. Als de uitnodiging intussen is geaccepteerd, markeer deze stap dan \
                met `[!]`.",
    },
    set_role: Recipe {
        title: "Wijzig de rol van {who} van {before} in {role}",
        how: &[
            "Klik op **Medewerkers** en selecteer {principal}.",
            "Klik op het potloodpictogram naast de rol, kies **{role}** in plaats van **{before}** en sla op.",
        ],
        check: "de lijst met medewerkers toont {who} met de rol {role}.",
    },
    give: Recipe {
        title: "Geef {who} toegang tot {what}: {rights}",
        how: &[
            "Klik op **{people}** en selecteer {principal}.",
            "Klik op **Toewijzen**, open **{section}** en selecteer {asset}.",
            "Zet {on} aan. Laat al het andere uit.",
            "Klik op **Machtigingen toewijzen**.",
        ],
        check: "{what} staat op de pagina van {who} met alleen deze machtigingen: {rights}.",
    },
    change: Recipe {
        title: "Wijzig de machtigingen van {who} voor {what}",
        how: &[
            "Klik op **{people}** en selecteer {principal}.",
            "Open **{section}** en klik op het potloodpictogram naast {asset}.",
            "Zet {on} aan.",
            "Zet {off} uit.",
            "Controleer of precies dit aanstaat: {all}. Sla daarna op.",
        ],
        check: "{what} staat op de pagina van {who} met alleen deze machtigingen: {rights}.",
    },
    take: Recipe {
        title: "Ontneem {who} de toegang tot {what}",
        how: &[
            "Klik op **{people}** en selecteer {principal}.",
            "Open **{section}** en klik op het potloodpictogram naast {asset}. Tot nu toe staat dit aan: {had}.",
            "Klik op **Verwijderen** en bevestig.",
        ],
        check: "{what} staat niet meer op de pagina van {who}.",
    },
    give_up: Recipe {
        title: "Zie af van onze toegang tot {what}, gedeeld door {who}",
        how: &[
            "Klik op **{people}** en selecteer {principal}.",
            "Open wat de partner met je deelt, dan **{section}**, en zoek {asset}. Tot nu toe heb je: {had}.",
            "Klik op het prullenbakpictogram ernaast en bevestig met **Verwijderen**.",
        ],
        check: "{what} staat niet meer bij wat {who} met je deelt.",
    },
    request_access: Recipe {
        title: "Vraag {who} om toegang tot {what}: {rights}",
        how: &[
            "Klik op **{people}** en selecteer {principal}.",
            "Klik op **Toegang vragen**, open **{section}** en vul de ID in van {asset}.",
            "Tot nu toe heb je: {had}.",
            "Kies precies {all} en klik op **Verzoek verzenden**.",
        ],
        check: "het verzoek staat open. De toegang verandert zodra de partner het accepteert.",
    },
    remove_member: Recipe {
        title: "Verwijder {who} uit de medewerkers",
        how: &[
            "Klik op **Medewerkers** en zoek {principal}, met de rol {role}.",
            "Deze machtigingen vervallen daarmee: {grants}",
            "Klik op het prullenbakpictogram rechts van de naam en bevestig met **Verwijderen**.",
        ],
        check: "{who} staat niet meer bij de medewerkers.",
    },
    remove_partner: Recipe {
        title: "Beëindig het partnerschap met {who}",
        how: &[
            "Klik op **Partners** en zoek {principal}. Bedoeld is het partnerschap waarin {direction}.",
            "Deze machtigingen vervallen daarmee: {grants}",
            "Klik op het prullenbakpictogram rechts van de naam en bevestig met **Verwijderen**.",
        ],
        check: "{who} staat niet meer bij de partners (waarin {direction}).",
    },
};
