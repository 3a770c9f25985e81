using System.Text;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Tests.Unit.Shared.Http;

public sealed class CardDataTests
{
    [Theory]
    [InlineData("""{"cardNumber":"x"}""")]
    [InlineData("""{"card_number":1}""")]
    [InlineData("""{"a":[{"CVV":"123"}]}""")]
    [InlineData("""{"card-cvv":"123"}""")]
    [InlineData("""{"security_code":"123"}""")]
    [InlineData("""{"csc":"123"}""")]
    [InlineData("""{"CVN":"123"}""")]
    [InlineData("""{"cvvCode":"123"}""")]
    [InlineData("""{"cvc_code":"123"}""")]
    [InlineData("""{"cardVerificationCode":"123"}""")]
    [InlineData("""{"verification.value":"123"}""")]
    [InlineData("""{"card_cvv2":"123"}""")]
    [InlineData("""{"cardCvc2":"123"}""")]
    [InlineData("""{"note":"4811.1111.1111.1114"}""")]
    [InlineData("""{"note":"It is 4811111111111114."}""")]
    [InlineData("""{"note":"4811111111111114.00"}""")]
    [InlineData("""{"note":"card4811111111111114"}""")]
    [InlineData("""{"note":"No4811111111111114exp1227"}""")]
    [InlineData("""{"note":"x4811-1111-1111-1114y"}""")]
    [InlineData("""{"note":"4811 1111 1111 1114"}""")]
    [InlineData("""{"note":"pay with 4811-1111-1111-1114 please"}""")]
    [InlineData("""{"note":"4811/1111/1111/1114"}""")]
    [InlineData("""{"note":"4811_1111_1111_1114"}""")]
    [InlineData("""{"note":"12/30  4811  1111  1111  1114"}""")]
    [InlineData("""{"note":"4811\u00a01111\u00a01111\u00a01114"}""")]
    [InlineData("""{"amex":"3782/822463/10005"}""")]
    [InlineData("""{"note":"\u0034811111111111114"}""")]
    [InlineData("""{"n":5211111111111117}""")]
    [InlineData("""{"amex":"378282246310005"}""")]
    [InlineData("""{"4811111111111114":1}""")]
    [InlineData("""{"note":"4811111111111114" """)]
    [InlineData("cvv and 4811111111111114")]
    public void Card_numbers_and_security_codes_are_found(string body) => Assert.True(CardData.IsIn(Encoding.UTF8.GetBytes(body)));

    [Theory]
    [InlineData("""{"invoiceId":"01930000-0000-7000-8000-0000000000a1","amount":{"amount":531690,"currency":"IDR"}}""")]
    [InlineData("""{"cardToken":"481111-1114-0bb563a9-ebea-41f7-ae9f-d99ec5f9700a"}""")]
    [InlineData("""{"orderId":"SB-4811111111111114AB4811111111111114"}""")]
    [InlineData("""{"path":"/v1/payments/a4811111-1111-1114-8000-00000000000b/refunds"}""")]
    [InlineData("""{"rate":48111111111.11114}""")]
    [InlineData("""{"version":"10.4811.1"}""")]
    [InlineData("""{"phoneNumber":"6281234567890"}""")]
    [InlineData("""{"vaNumber":"8127850012345678"}""")]
    [InlineData("""{"period":"2026-07-01/2026-07-31"}""")]
    [InlineData("""{"url":"https://shop.example/4811/1111_1111/1114"}""")]
    [InlineData("""{"wrongCheckDigit":"4811111111111115"}""")]
    [InlineData("""{"company":"cidoc","pandan":"leaf"}""")]
    [InlineData("{}")]
    [InlineData("")]
    public void What_is_none_passes(string body) => Assert.False(CardData.IsIn(Encoding.UTF8.GetBytes(body)));
}
