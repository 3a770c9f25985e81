namespace ServerlessBusiness.Local.Stack;

/// <summary>The first sale as lines that can be pasted into a shell.</summary>
internal static class TryIt
{
    public static string For(StackEndpoints stack)
    {
        var gateway = $"http://127.0.0.1:{stack.Ports.Gateway}";
        return $$"""
            GW={{gateway}}
            TOKEN=$(curl -s $GW/users/v1/auth/login -H 'X-Tenant-ID: default' -H 'Content-Type: application/json' \
              -d '{"login":"user@example.com","password":"Demo-user-2026"}' | sed -E 's/.*"accessToken":"([^"]+)".*/\1/')
            api() { curl -s -H "Authorization: Bearer $TOKEN" -H 'X-Tenant-ID: default' -H 'Content-Type: application/json' "$@"; echo; }
            api $GW/users/v1/me
            api $GW/subscriptions/v1/subscriptions -H "Idempotency-Key: sale-$(date +%s)" -d '{"tier":"pro","cycle":"monthly","currency":"IDR"}'
            for i in $(seq 20); do api $GW/billing/v1/invoices | grep INV- && break; sleep 0.5; done
            INVOICE=$(api $GW/billing/v1/invoices | sed -E 's/.*"items":\[\{"id":"([^"]+)".*/\1/')
            PAYMENT=$(api $GW/billing/v1/invoices/$INVOICE/pay -H "Idempotency-Key: pay-$INVOICE" -d '{"method":"bank_transfer","bank":"bca"}'); echo $PAYMENT
            ORDER=$(echo $PAYMENT | sed -E 's/.*"orderId":"([^"]+)".*/\1/')
            curl -s -X POST http://127.0.0.1:{{stack.Ports.Midtrans}}/control/transactions/$ORDER/settle; echo; sleep 2
            curl -s http://127.0.0.1:{{stack.Ports.Telegram}}/control/chats
            """;
    }
}
