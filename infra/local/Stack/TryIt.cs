namespace ServerlessBusiness.Local.Stack;

/// <summary>The first sale as lines that can be pasted into a shell, as often as one likes: each time somebody new buys.</summary>
internal static class TryIt
{
    public static string For(StackEndpoints stack)
    {
        var gateway = $"http://127.0.0.1:{stack.Ports.Gateway}";
        var midtrans = $"http://127.0.0.1:{stack.Ports.Midtrans}";
        var telegram = $"http://127.0.0.1:{stack.Ports.Telegram}";
        var mail = $"http://127.0.0.1:{stack.Ports.Mail}";
        return $$"""
            GW={{gateway}}; ME=$(date +%s); BUYER="buyer$ME@example.com"; PASSWORD="a long walk by the sea"
            ask() { curl -s -H 'X-Tenant-ID: default' -H 'Content-Type: application/json' "$@"; echo; }
            api() { ask -H "Authorization: Bearer $TOKEN" "$@"; }
            ask $GW/users/v1/auth/register -d "{\"email\":\"$BUYER\",\"username\":\"buyer$ME\",\"password\":\"$PASSWORD\"}"
            PROOF=; until [ -n "$PROOF" ]; do sleep 1
              PROOF=$(curl -s "{{mail}}/control/messages?to=$BUYER" | grep -oE 'token=[A-Za-z0-9_-]+' | head -n 1 | cut -d = -f 2); done
            ask $GW/users/v1/auth/email/verify -d "{\"token\":\"$PROOF\"}"
            TOKEN=$(ask $GW/users/v1/auth/login -d "{\"login\":\"$BUYER\",\"password\":\"$PASSWORD\"}" | sed -E 's/.*"accessToken":"([^"]+)".*/\1/')
            START=$(api $GW/notifications/v1/telegram/links -d '{}' | sed -E 's/.*start=([^"]+)".*/\1/')
            ask {{telegram}}/control/chats/$ME/start -d "{\"payload\":\"$START\"}"
            api $GW/subscriptions/v1/subscriptions -H "Idempotency-Key: sale-$ME" -d '{"tier":"pro","cycle":"monthly","currency":"IDR"}'
            INVOICE=; until [ ${#INVOICE} -eq 36 ]; do sleep 1
              INVOICE=$(api $GW/billing/v1/invoices | sed -nE 's/.*"items":\[\{"id":"([^"]+)".*/\1/p'); done
            PAYMENT=$(api $GW/billing/v1/invoices/$INVOICE/pay -H "Idempotency-Key: pay-$ME" -d '{"method":"bank_transfer","bank":"bca"}'); echo $PAYMENT
            ORDER=$(echo $PAYMENT | sed -E 's/.*"orderId":"([^"]+)".*/\1/')
            curl -s -X POST {{midtrans}}/control/transactions/$ORDER/settle; echo
            until curl -s {{telegram}}/control/chats/$ME | grep -q "now active"; do sleep 1; done
            api $GW/billing/v1/invoices/$INVOICE
            curl -s {{telegram}}/control/chats/$ME; echo
            """;
    }
}
