namespace HyperCore.StartScreen.Linux;

/// <summary>HyperCore's request port (docs/request-port.md), by way of /dev/port.</summary>
internal static unsafe class RequestPort
{
    private const int Port = HyperCore.Core.Platform.PlatformLayout.RequestPort;

    /// <summary>HyperCore is there.</summary>
    public static bool IsPresent()
    {
        byte value = 0;
        return Access(&value, write: false) && value == HyperCore.Core.Devices.RequestPort.Signature;
    }

    /// <summary>Asks for HyperCore's menu.</summary>
    public static void ShowMenu()
    {
        byte value = HyperCore.Core.Devices.RequestPort.ShowMenu;
        Access(&value, write: true);
    }

    private static bool Access(byte* value, bool write)
    {
        int file = LibC.Open("/dev/port", LibC.ReadWrite | LibC.CloseOnExec);
        if (file < 0)
        {
            return false;
        }

        bool good = LibC.Seek(file, Port) == Port && (write ? LibC.Write(file, value, 1) : LibC.Read(file, value, 1)) == 1;
        LibC.Close(file);
        return good;
    }
}
