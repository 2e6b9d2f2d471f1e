using System;
using System.IO;
using System.Reflection.PortableExecutable;

namespace HyperCore.Tool.Verification;

/// <summary>What makes a file an application for the UEFI of a PC. (UEFI 2.10, 2.1.1; PE format, revision 11.)</summary>
internal static class EfiApplication
{
    /// <summary>Says what is wrong with an image, in plain words; null when nothing is.</summary>
    public static string? FindProblem(byte[] image)
    {
        try
        {
            var headers = new PEHeaders(new MemoryStream(image, writable: false));
            if (headers.PEHeader is not { } optional)
            {
                return "is no PE image: the optional header is missing";
            }

            if (headers.CoffHeader.Machine != Machine.Amd64 || optional.Magic != PEMagic.PE32Plus)
            {
                return $"is for another processor ({headers.CoffHeader.Machine}); expected x86-64";
            }

            if (optional.Subsystem != Subsystem.EfiApplication)
            {
                return $"is no UEFI application (subsystem {optional.Subsystem})";
            }

            return FindProblemInSections(headers, optional, image.Length);
        }
        catch (Exception e) when (e is BadImageFormatException or ArgumentException or IOException or OverflowException)
        {
            return "is no PE image, or is cut off in its headers";
        }
    }

    private static string? FindProblemInSections(PEHeaders headers, PEHeader optional, int length)
    {
        bool hasEntry = false;
        foreach (SectionHeader section in headers.SectionHeaders)
        {
            if (section.SizeOfRawData < 0 || section.PointerToRawData < 0 || section.PointerToRawData > length - section.SizeOfRawData)
            {
                return $"is cut off: section {section.Name} ends at {(uint)section.PointerToRawData + (long)(uint)section.SizeOfRawData}, the file at {length}";
            }

            bool isCode = (section.SectionCharacteristics & SectionCharacteristics.MemExecute) != 0;
            hasEntry |= isCode && optional.AddressOfEntryPoint >= section.VirtualAddress && optional.AddressOfEntryPoint - section.VirtualAddress < Math.Max(section.VirtualSize, section.SizeOfRawData);
        }

        return hasEntry ? null : "has no code at its entry point";
    }
}
