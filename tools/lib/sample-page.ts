/** A page such as people keep, with a script that leaves a mark where it runs. */

export const SAMPLE_TITLE = 'A field guide to small harbours'

export const SAMPLE_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>A field guide to small harbours</title>
<style>
  body { margin: 0; font: 17px/1.6 Georgia, 'Liberation Serif', serif; color: #222; }
  header { padding: 48px 40px 24px; background: #e8eef0; }
  main { max-width: 34em; padding: 16px 40px 48px; }
  h1 { margin: 0; font-size: 34px; line-height: 1.15; }
  header p { margin: 8px 0 0; color: #4a5a60; }
  table { border-collapse: collapse; } td, th { padding: 4px 20px 4px 0; text-align: left; }
</style>
<script>document.title = 'scripts ran'; document.documentElement.dataset.ran = 'yes'</script>
</head>
<body>
<header><h1>A field guide to small harbours</h1>
<p>Twelve quays that a rowing boat can reach in a day</p></header>
<main>
<p>A small harbour is known by what it lacks: no crane, no ferry, no queue. What it has is a wall
against the weather and somebody who knows the tide by heart.</p>
<h2>What to look for</h2>
<table>
<tr><th>Harbour</th><th>Depth</th><th>Shelter</th></tr>
<tr><td>Porto da Vila</td><td>1.8 m</td><td>north, east</td></tr>
<tr><td>Saint-Aubin</td><td>2.4 m</td><td>all but south</td></tr>
<tr><td>Kirkholm</td><td>1.2 m</td><td>west</td></tr>
</table>
<p>Arrive at half tide, tie up on the lee side, and ask before you cook.</p>
<p><a href="/harbours/2">The next four harbours</a></p>
</main>
</body>
</html>
`
