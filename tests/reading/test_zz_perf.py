import time, json, cProfile, pstats, io
from datetime import *
from uuid import UUID
from tests.reading.world import *
from tests.reading.test_one_statement import DEEP
from svcs import Container
from infrastructure.database.engine import Database
async def test_perf(app, ada, bob, sql, statements):
    for num,who in enumerate((ada,bob)):
        me = id_of("Viewer",(await who.get("{viewer{id}}"))["viewer"]["id"])
        plans=[{"id":UUID(int=(9+num<<100)+p),"athlete":me,"name":f"p{p}","status":"ACTIVE","start_date":date(2015,1,5)+timedelta(days=200*p),"end_date":date(2015,1,5)+timedelta(days=200*p+199),"version":1} for p in range(15)]
        await put(sql,"plan",plans)
        wos=[{"id":UUID(int=(9+num<<100)+10000+i),"athlete":me,"plan":plans[i//200]["id"],"name":f"w{i}","type":"EASY_RUN","scheduled_date":date(2015,1,5)+timedelta(days=i),"planned_distance_m":5000.0,"steps":[]} for i in range(3000)]
        await put(sql,"workout",wos)
        runs=[{"id":UUID(int=(9+num<<100)+20000+i),"athlete":me,"workout":wos[i]["id"],"name":f"r{i}","started_at":datetime(2015,1,5,7,tzinfo=UTC)+timedelta(days=i),"ended_at":datetime(2015,1,5,8,tzinfo=UTC)+timedelta(days=i),"source":"MANUAL","distance_m":5000.0+i,"moving_time_s":1500,"elapsed_time_s":3600,"laps":[]} for i in range(3000)]
        await put(sql,"run",runs)
    await sql.execute("analyze")
    Q={"nested":"{ runs(first: 50) { edges { node { id name startedAt distanceM movingTimeS averagePaceSPerKm withinTarget workout { id name type scheduledDate plannedDistanceM targetPace { minSPerKm } plan { id name status startDate endDate } } } } pageInfo { hasNextPage endCursor } } }",
     "dups":"{ runs(first: 50) { edges { node { possibleDuplicates { id } plan { name } } } } }",
     "datefilter":"{ runs(filter:{from:\"2020-01-01\",to:\"2020-02-01\"}) { totalCount edges { node { id } } } }",
     "small":"{ run(id:\"%s\") { name distanceM startedAt } }" % node_id("Run",UUID(int=(9<<100)+20005)),
     "weeks":"{ plan(id:\"%s\") { %s } }" % (node_id("Plan",UUID(int=(9<<100)+5)), " ".join(f"w{i}: week(number:{i}) {{ actualDistanceM plannedDistanceM runs {{ id }} workouts {{ id }} }}" for i in range(1,29))),
     "progress":"{ plans(first: 15) { edges { node { name progress { adherencePercent actualDistanceM } } } } }",
     "total":"{ runs { totalCount } }",
     "done":"{ workouts(filter:{done:false}) { totalCount edges {node {id}} } }",
     "workoutsdesc":"{ workouts(first:50, orderBy: SCHEDULED_DATE_DESC) { edges {node {id run {id}}} } }",
     "deep":"{"+DEEP+"}"}
    for name,q in Q.items():
        await ada.get(q)
        t=time.perf_counter(); n=10
        for _ in range(n): await ada.get(q)
        el=(time.perf_counter()-t)/n*1000
        async with statements() as sent: await ada.get(q)
        from infrastructure.reading.reader import PostgresReader
        # db time
        args=None
        import infrastructure.database.engine as e
        grabbed=[]
        o=Database.fetchval
        async def fv(self,s,*a):
            grabbed.append((s,a)); t=time.perf_counter(); r=await o(self,s,*a); grabbed.append(time.perf_counter()-t); return r
        Database.fetchval=fv
        try: await ada.get(q)
        finally: Database.fetchval=o
        (s,a)=[g for g in grabbed if isinstance(g,tuple) and 'json' in g[0]][-1]
        plan=await sql.fetch("explain (analyze, buffers off) "+s,*a)
        lines=[r[0] for r in plan]
        print(f"PERF {name}: total {el:.1f} ms, db call {grabbed[-1]*1000:.1f} ms, sql {len(s)} chars, {lines[-2].strip()} {lines[-1].strip()}")
        seq=[l.strip() for l in lines if "Seq Scan" in l]
        print("PERFSEQ",name,seq[:6])
        open(f"/tmp/scratch/plan_{name}.txt","w").write("\n".join(lines)); open(f"/tmp/scratch/sql_{name}.txt","w").write(s)
    # compile profile
    from app.edge import selection
    pr=cProfile.Profile(); 
    pr.enable()
    for _ in range(200): await ada.get(Q["nested"])
    pr.disable(); b=io.StringIO(); pstats.Stats(pr,stream=b).sort_stats("cumulative").print_stats(70); open("/tmp/scratch/prof.txt","w").write(b.getvalue())
