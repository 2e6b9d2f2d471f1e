using System;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace Internal.Runtime.CompilerHelpers;

/// <summary>Brings the image's managed data to life.</summary>
public static unsafe class StartupCodeHelpers
{
    private const int GCStaticRegionSection = 201;
    private const int NotInitialized = 1;
    private const int HasInitialData = 2;
    private const int FlagMask = 3;

    /// <summary>
    /// Allocates the objects that hold static references. Call it once, after <see cref="Arena.Initialize"/> and before any other method
    /// that uses statics with references.
    /// </summary>
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

    // The region lists cells, each by its distance. A cell holds the distance of the type of the object that is to hold a class's static
    // references, tagged, and maybe the distance of the object's initial contents; then it holds the object.
    private static void InitializeStatics(byte* start, byte* end)
    {
        for (int* current = (int*)start; current < end; current++)
        {
            var cell = (int*)((byte*)current + *current);
            int tagged = *cell;
            if ((tagged & NotInitialized) == 0)
            {
                continue;
            }

            var type = (MethodTable*)((byte*)cell + (tagged & ~FlagMask));
            object statics = RuntimeExports.NewObject(type);
            if ((tagged & HasInitialData) != 0)
            {
                byte* data = (byte*)(cell + 1) + cell[1];
                SpanHelpers.Memmove(ref statics.GetRawData(), ref *data, type->BaseSize - (2 * (uint)sizeof(nint)));
            }

            *(object*)cell = statics;
        }
    }

    [RuntimeImport("*", "CoreLibReadyToRunHeader")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ReadyToRunHeader* GetReadyToRunHeader();
}
