using System.Runtime.InteropServices;
using ServerlessBusiness.Simulators;
using ServerlessBusiness.Simulators.Hosting;
using ServerlessBusiness.Simulators.Mail;
using ServerlessBusiness.Simulators.Midtrans;
using ServerlessBusiness.Simulators.Telegram;

var stopped = new TaskCompletionSource();
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);

try
{
    using var shiftedClock = SimulatorSettings.Text("LOCAL_CLOCK_FILE") is { } file ? new ShiftedClock(file) : null;
    var clock = shiftedClock ?? TimeProvider.System;
    await using var midtrans = await MidtransSimulator.StartAsync(SimulatorSettings.Midtrans(clock));
    await using var telegram = await TelegramSimulator.StartAsync(SimulatorSettings.Telegram(clock));
    await using var mail = await MailSimulator.StartAsync(SimulatorSettings.Mail(clock));
    Console.WriteLine(
        $"Midtrans on {midtrans.BaseAddress}, Telegram on {telegram.BaseAddress}, mail on {mail.BaseAddress}, SMTP port {mail.SmtpPort}");
    if (SimulatorSettings.Text("LOCAL_WATCH_STDIN") == "1")
        _ = StopWithParentAsync();
    await stopped.Task;
    return 0;
}
catch (InvalidOperationException problem)
{
    await Console.Error.WriteLineAsync(problem.Message);
    return 1;
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stopped.TrySetResult();
}

// The stack holds the other end of our standard input; when it dies, however it dies, the input ends.
async Task StopWithParentAsync()
{
    await Console.OpenStandardInput().CopyToAsync(Stream.Null);
    stopped.TrySetResult();
}
