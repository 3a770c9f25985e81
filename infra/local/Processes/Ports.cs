using System.Net;
using System.Net.Sockets;

namespace ServerlessBusiness.Local.Processes;

/// <summary>Ports on 127.0.0.1.</summary>
public static class Ports
{
    // Below the range from which systems take the ports of outgoing connections: a port that is free now stays ours across a restart.
    private const int First = 12_000;
    private const int Last = 30_000;

    // Whoever was given some may start to listen much later.
    private static readonly HashSet<int> given = [];

    /// <summary>The first of <paramref name="count"/> consecutive free ports, none of which this process gives to anybody else.</summary>
    public static int FreeBlock(int count)
    {
        lock (given)
        {
            for (var attempt = 0; attempt < 200; attempt++)
            {
                var block = Enumerable.Range(Random.Shared.Next(First, Last - count), count).ToList();
                if (!block.Any(given.Contains) && block.All(IsFree))
                {
                    given.UnionWith(block);
                    return block[0];
                }
            }
        }

        throw new StackException($"No {count} consecutive free ports were found between {First} and {Last} on 127.0.0.1; close some "
            + "programs.");
    }

    public static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen(1);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Says which port is taken, by whom when that can be known, and what to do.</summary>
    public static void EnsureFree(IEnumerable<(string User, int Port)> wanted)
    {
        foreach (var (user, port) in wanted)
            if (!IsFree(port))
                throw new StackException($"Port {port}, which {user} needs, is taken{PortOwner.Describe(port)}. Stop that program, "
                    + "or move the whole stack with --port-base, for example --port-base 9020.");
    }
}
