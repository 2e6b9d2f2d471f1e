using System.Runtime;
using System.Runtime.CompilerServices;

namespace Internal.Runtime.CompilerHelpers;

/// <summary>Brings the image's managed data to life.</summary>
public static unsafe class StartupCodeHelpers
{
    private const int GCStaticRegionSection = 201;

    /// <summary>Allocates the objects that hold static references. Call it once, after <see cref="Arena.Initialize"/>.</summary>
    public static void Initialize()
    {
        ReadyToRunHeader* header = GetReadyToRunHeader();
        var section = (ReadyToRunSection*)(header + 1);
        for (int i = 0; i < header->NumberOfSections; i++)
        {
            if (section[i].Id == GCStaticRegionSection)
            {
                InitializeStatics(section[i].Start, section[i].End);
            }
        }
    }

    [RuntimeImport("*", "CoreLibReadyToRunHeader")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ReadyToRunHeader* GetReadyToRunHeader();

    private static void InitializeStatics(byte* start, byte* end)
    {
    }
}
